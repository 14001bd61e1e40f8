select 1 as BOM
