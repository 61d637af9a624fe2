/**
 * The platform beside what else makes tables and writes rows in the same database.
 */
@NullMarked
package io.ikigai.platform.autoconfigure.neighbours;

import org.jspecify.annotations.NullMarked;
