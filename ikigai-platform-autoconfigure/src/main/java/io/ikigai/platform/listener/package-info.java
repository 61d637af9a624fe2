/**
 * Listeners: from the annotation to an endpoint, its container and the invocation of the
 * handler. One container serves every kind of source and knows no backend.
 */
@NullMarked
package io.ikigai.platform.listener;

import org.jspecify.annotations.NullMarked;
