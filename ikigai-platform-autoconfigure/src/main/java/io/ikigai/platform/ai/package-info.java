/**
 * Spring AI on the platform: a vector store over a collection of documents, and the
 * memory of chats.
 */
@NullMarked
package io.ikigai.platform.ai;

import org.jspecify.annotations.NullMarked;
