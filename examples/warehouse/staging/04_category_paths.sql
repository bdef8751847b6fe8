-- The path from the root to every category, such as 'Garden / Hoses'.
CREATE VIEW staging.category_paths AS
WITH RECURSIVE paths AS (
    SELECT id, name AS path, name AS root
    FROM raw.categories
    WHERE parent_id IS NULL
    UNION ALL
    SELECT child.id, paths.path || ' / ' || child.name, paths.root
    FROM raw.categories AS child
    JOIN paths ON child.parent_id = paths.id
)
SELECT id AS category_id, path, root
FROM paths;
