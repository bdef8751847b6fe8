-- SELECT INTO a variable, and a temporary table made by CREATE TEMP TABLE … AS.
-- dialect: postgres
-- default_schema: public
CREATE TABLE public.trip (id int, driver int, km numeric, done_at timestamp);
CREATE TABLE public.payroll (driver int, km numeric, rate numeric);
CREATE TABLE public.tariff (valid_from date, per_km numeric);
CREATE FUNCTION public.close_month(p_month date) RETURNS void AS $$
DECLARE
  v_rate public.tariff.per_km%TYPE;
BEGIN
  SELECT t.per_km INTO STRICT v_rate FROM public.tariff t WHERE t.valid_from <= p_month ORDER BY t.valid_from DESC LIMIT 1;
  DROP TABLE IF EXISTS month_trips;
  CREATE TEMP TABLE month_trips ON COMMIT DROP AS
    SELECT driver, km FROM public.trip WHERE done_at >= p_month;
  INSERT INTO public.payroll (driver, km, rate)
    SELECT m.driver, sum(m.km), v_rate FROM month_trips m GROUP BY m.driver;
EXCEPTION
  WHEN no_data_found THEN
    RAISE NOTICE 'no tariff';
END;
$$ LANGUAGE plpgsql;
-- truth:
--   public.close_month reads public.tariff, public.trip
--   public.close_month writes public.payroll
--   public.trip.driver -> public.payroll.driver
--   public.trip.km -> public.payroll.km
--   public.tariff.per_km -> public.payroll.rate
