-- A loop over the rows of a query, whose fields go into another table.
-- dialect: postgres
-- default_schema: public
CREATE TABLE public.member (id int, email text, joined date);
CREATE TABLE public.greeting (member_id int, address text, sent_on date);
CREATE OR REPLACE PROCEDURE public.greet(p_since date)
LANGUAGE plpgsql
AS $$
DECLARE
  r record;
  v_today date := current_date;
BEGIN
  FOR r IN SELECT m.id, lower(m.email) AS email FROM public.member AS m WHERE m.joined >= p_since LOOP
    INSERT INTO public.greeting (member_id, address, sent_on) VALUES (r.id, r.email, v_today);
  END LOOP;
END;
$$;
-- truth:
--   public.greet reads public.member
--   public.greet writes public.greeting
--   public.member.id -> public.greeting.member_id
--   public.member.email -> public.greeting.address
