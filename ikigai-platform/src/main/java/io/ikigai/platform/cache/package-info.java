/**
 * The cache, in regions, with expiry by the backend's clock.
 */
@NullMarked
package io.ikigai.platform.cache;

import org.jspecify.annotations.NullMarked;
