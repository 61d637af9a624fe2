/**
 * Mailboxes: messages to one named receiver, in order.
 */
@NullMarked
package io.ikigai.platform.mailbox;

import org.jspecify.annotations.NullMarked;
