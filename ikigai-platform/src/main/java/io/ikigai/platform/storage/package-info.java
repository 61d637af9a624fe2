/**
 * Collections of JSON documents with versions, queries, full-text and vector search.
 */
@NullMarked
package io.ikigai.platform.storage;

import org.jspecify.annotations.NullMarked;
