/**
 * Real servers for tests, with or without Docker. A test asks
 * {@link io.ikigai.platform.testservers.PostgresServer} for "a PostgreSQL";
 * {@code ServerProvision} alone decides how it is had.
 */
@NullMarked
package io.ikigai.platform.testservers;

import org.jspecify.annotations.NullMarked;
