-- An application's own migration. It insists on being the first.
CREATE TABLE own_thing (id INT PRIMARY KEY);
