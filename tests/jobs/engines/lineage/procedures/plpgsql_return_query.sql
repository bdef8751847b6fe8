-- A function that gives rows, with two RETURN QUERY and a condition.
-- dialect: postgres
-- default_schema: public
CREATE TABLE public.stock (sku text, units int, site int);
CREATE TABLE public.incoming (sku text, expected int, site int);
CREATE FUNCTION public.available(p_site int, p_future boolean)
RETURNS TABLE (article text, pieces bigint)
LANGUAGE plpgsql STABLE
AS $body$
BEGIN
  RETURN QUERY SELECT s.sku, sum(s.units) FROM public.stock s WHERE s.site = p_site GROUP BY s.sku;
  IF p_future THEN
    RETURN QUERY SELECT i.sku, i.expected::bigint FROM public.incoming i WHERE i.site = p_site;
  END IF;
END
$body$;
-- truth:
--   public.stock.sku -> public.available.article
--   public.stock.units -> public.available.pieces
--   public.incoming.sku -> public.available.article
--   public.incoming.expected -> public.available.pieces
