CREATE FUNCTION composed_kpi_stands() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    rule text := '';
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.state <> 'draft' THEN
            rule := 'composed_kpi_begins_as_a_draft';
        END IF;
    ELSIF TG_OP = 'DELETE' THEN
        IF OLD.state <> 'draft' THEN
            rule := 'published_kpi_is_kept';
        END IF;
    ELSIF (NEW.state, OLD.state) NOT IN (('draft', 'draft'), ('published', 'draft'),
        ('published', 'published'), ('retired', 'published'), ('retired', 'retired'))
    THEN
        rule := 'composed_kpi_moves_along_its_states';
    ELSIF (NEW.code, NEW.city_id, NEW.name, NEW.version, NEW.key) IS DISTINCT FROM
        (OLD.code, OLD.city_id, OLD.name, OLD.version, OLD.key)
        OR (OLD.state <> 'draft' AND
            (NEW.definition, NEW.digest, NEW.composed_by_id) IS DISTINCT FROM
            (OLD.definition, OLD.digest, OLD.composed_by_id))
    THEN
        rule := 'published_kpi_never_changes';
    END IF;
    IF rule <> '' THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = rule,
            MESSAGE = rule || ': a change is a new version.';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER composed_kpi_stands
BEFORE INSERT OR UPDATE OR DELETE ON kpis_composedkpi
FOR EACH ROW EXECUTE FUNCTION composed_kpi_stands();
