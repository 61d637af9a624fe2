/**
 * Connection details from containers, for {@code @ServiceConnection} of Testcontainers
 * and for Docker Compose.
 */
@NullMarked
package io.ikigai.platform.autoconfigure.container;

import org.jspecify.annotations.NullMarked;
