/**
 * Spring's caching annotations over the platform's cache.
 */
@NullMarked
package io.ikigai.platform.caching;

import org.jspecify.annotations.NullMarked;
