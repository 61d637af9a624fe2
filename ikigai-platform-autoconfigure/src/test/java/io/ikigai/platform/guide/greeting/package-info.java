/**
 * The application of the guide's first chapter.
 */
@NullMarked
package io.ikigai.platform.guide.greeting;

import org.jspecify.annotations.NullMarked;
