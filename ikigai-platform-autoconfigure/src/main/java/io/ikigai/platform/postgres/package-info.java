/**
 * PostgreSQL: everything that runs on it, behind one door,
 * {@link io.ikigai.platform.postgres.PostgresBackend}.
 */
@NullMarked
package io.ikigai.platform.postgres;

import org.jspecify.annotations.NullMarked;
