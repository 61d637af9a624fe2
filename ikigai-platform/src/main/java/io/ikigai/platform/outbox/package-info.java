/**
 * What a transaction leaves behind for services on other backends than its database: the
 * SPI of the outbox and of settlements.
 */
@NullMarked
package io.ikigai.platform.outbox;

import org.jspecify.annotations.NullMarked;
