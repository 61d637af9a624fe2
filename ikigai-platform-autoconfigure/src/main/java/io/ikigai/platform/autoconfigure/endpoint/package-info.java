/**
 * The actuator endpoint {@code ikigai}.
 */
@NullMarked
package io.ikigai.platform.autoconfigure.endpoint;

import org.jspecify.annotations.NullMarked;
