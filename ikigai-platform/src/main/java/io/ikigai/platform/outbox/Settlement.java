package io.ikigai.platform.outbox;

import java.util.UUID;

/**
 * How a task or message of another backend ended, as a transaction has recorded it.
 *
 * @param id the id of the task or message
 * @param token the claim or hand-out that ended
 * @param outcome how it ended, as JSON
 * @param last whether nothing may follow: a task that was completed, not one that was put
 * back
 */
public record Settlement(UUID id, UUID token, String outcome, boolean last) {
}
