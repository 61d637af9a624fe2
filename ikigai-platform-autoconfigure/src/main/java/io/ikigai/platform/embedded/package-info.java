/**
 * The embedded PostgreSQL: a real server for development, unpacked from a Maven artifact,
 * kept in one directory and shared by the applications of one user on one machine.
 */
@NullMarked
package io.ikigai.platform.embedded;

import org.jspecify.annotations.NullMarked;
