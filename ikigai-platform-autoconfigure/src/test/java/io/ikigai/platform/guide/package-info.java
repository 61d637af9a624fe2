/**
 * The examples of the guide, which takes them from here: each is compiled and run.
 */
@NullMarked
package io.ikigai.platform.guide;

import org.jspecify.annotations.NullMarked;
