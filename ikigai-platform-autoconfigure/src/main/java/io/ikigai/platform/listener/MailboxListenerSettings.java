package io.ikigai.platform.listener;

import io.ikigai.platform.RetryPolicy;

/**
 * What listeners of mailboxes use where their annotation says nothing.
 *
 * @param retry what happens after a failed attempt
 * @param container how the containers run
 */
public record MailboxListenerSettings(RetryPolicy retry, ContainerSettings container) {
}
