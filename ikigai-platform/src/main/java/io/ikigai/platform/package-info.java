/**
 * The platform as its users see it: {@link io.ikigai.platform.Platform} and the types
 * that every service shares.
 */
@NullMarked
package io.ikigai.platform;

import org.jspecify.annotations.NullMarked;
