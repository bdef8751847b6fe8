-- EXECUTE of a literal, and of what a parameter names, which is listed.
-- dialect: postgres
-- default_schema: public
-- listed: 1
CREATE TABLE public.raw_hits (path text, ms int);
CREATE TABLE public.slow (path text, ms int);
CREATE PROCEDURE public.find_slow(p_table text) LANGUAGE plpgsql AS $$
DECLARE
  q text := 'INSERT INTO public.slow (path, ms) ';
BEGIN
  q := q || 'SELECT path, ms FROM public.raw_hits WHERE ms > 1000';
  EXECUTE q;
  EXECUTE format('INSERT INTO public.slow SELECT path, ms FROM %I', p_table);
END $$;
-- truth:
--   public.find_slow reads public.raw_hits
--   public.find_slow writes public.slow
--   public.raw_hits.path -> public.slow.path
--   public.raw_hits.ms -> public.slow.ms
