/**
 * The monitoring console: a page to queue checks of web sites and to watch them live.
 */
@NullMarked
package io.ikigai.sample.webapp;

import org.jspecify.annotations.NullMarked;
