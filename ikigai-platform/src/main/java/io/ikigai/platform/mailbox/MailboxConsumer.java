package io.ikigai.platform.mailbox;

import java.time.Instant;

/**
 * The process that received last from a mailbox.
 *
 * @param agent the name of its agent
 * @param holding whether it has messages that it has not acknowledged, so that others get
 * none
 * @param leaseExpiresAt when it loses them unless it extends its lease
 */
public record MailboxConsumer(String agent, boolean holding, Instant leaseExpiresAt) {
}
