DROP TRIGGER composed_kpi_stands ON kpis_composedkpi;
DROP FUNCTION composed_kpi_stands();
