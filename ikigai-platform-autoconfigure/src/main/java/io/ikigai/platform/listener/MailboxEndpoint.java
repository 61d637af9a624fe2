package io.ikigai.platform.listener;

import io.ikigai.platform.RetryPolicy;
import io.ikigai.platform.mailbox.MailboxErrorHandler;
import org.jspecify.annotations.Nullable;

/**
 * A listener of a mailbox as it was declared, resolved and checked.
 *
 * @param listener what every listener has
 * @param retry what happens after a failed attempt
 * @param errorHandler asked when the handler throws
 */
record MailboxEndpoint(ListenerEndpoint listener, RetryPolicy retry, @Nullable MailboxErrorHandler errorHandler) {
}
