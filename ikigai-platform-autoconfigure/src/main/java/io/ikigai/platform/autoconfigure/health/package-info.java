/**
 * Health: whether each backend answers and wakes its users.
 */
@NullMarked
package io.ikigai.platform.autoconfigure.health;

import org.jspecify.annotations.NullMarked;
