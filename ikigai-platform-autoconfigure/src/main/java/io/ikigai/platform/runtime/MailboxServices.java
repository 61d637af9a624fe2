package io.ikigai.platform.runtime;

import java.time.Duration;

import io.ikigai.platform.mailbox.MailboxStore;
import io.ikigai.platform.mailbox.MessageObserver;
import io.ikigai.platform.observation.Observations;

/**
 * What every mailbox and message of this process works with.
 *
 * @param agent this agent's name, the sender of its messages
 * @param store where messages are kept
 * @param json payloads to JSON and back
 * @param transactions the transactions of the platform's database
 * @param leases what extends the leases on mailboxes
 * @param observer told of failed attempts
 * @param observations who observes what is sent
 * @param lease how long a process holds a mailbox without an extension
 * @param maxAttempts after how many hand-outs that came to nothing a message is given up
 * @param pollInterval how often who waits for a message looks though nothing woke it
 */
public record MailboxServices(String agent, MailboxStore store, PayloadJson json, PlatformTransactions transactions,
		MailboxLeaseKeeper leases, MessageObserver observer, Observations observations, Duration lease, int maxAttempts,
		Duration pollInterval) {
}
