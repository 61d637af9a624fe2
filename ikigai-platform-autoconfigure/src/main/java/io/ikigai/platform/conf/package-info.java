/**
 * The file {@code ikigai.conf}: where it is looked for, its syntax, and how its keys
 * become {@code ikigai.*} properties of the Spring environment. Wired by
 * {@code META-INF/spring.factories}; nothing imports this package.
 */
@NullMarked
package io.ikigai.platform.conf;

import org.jspecify.annotations.NullMarked;
