-- A trigger function knows its table by the trigger that runs it.
-- dialect: postgres
-- default_schema: public
CREATE TABLE public.account (id int, balance numeric);
CREATE TABLE public.account_log (account_id int, before numeric, after numeric);
CREATE FUNCTION public.log_account() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' THEN
    INSERT INTO public.account_log (account_id, before, after) VALUES (NEW.id, OLD.balance, NEW.balance);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER account_logged AFTER UPDATE ON public.account
  FOR EACH ROW EXECUTE FUNCTION public.log_account();
-- truth:
--   public.log_account writes public.account_log
--   public.account.id -> public.account_log.account_id
--   public.account.balance -> public.account_log.before
--   public.account.balance -> public.account_log.after
