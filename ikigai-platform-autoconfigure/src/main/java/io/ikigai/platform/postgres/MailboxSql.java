package io.ikigai.platform.postgres;

/**
 * The statements of {@link PostgresMailboxStore}, in one schema.
 */
final class MailboxSql {

	/**
	 * What becomes of rows m that were handed out to no avail. Takes the columns of
	 * {@link #GIVEN}; {first} tells the one that it counts for.
	 */
	private static final String GIVE_BACK = """
			SET receipt = NULL,
				failures = CASE WHEN {first} AND given.counts THEN {one more} ELSE m.failures END,
				attempt = greatest(m.attempt
					- CASE WHEN ({first} AND given.counts) OR given.later_seen THEN 0 ELSE 1 END, 0),
				error = CASE WHEN {first} AND given.counts THEN coalesce(given.error, CASE WHEN {last} THEN
					format('Given up after %s attempts: it was released, or the lease ended or the receiver died',
						{one more}) END, m.error) ELSE m.error END,
				due_at = CASE WHEN {first} AND given.counts AND given.pause > 0
					THEN statement_timestamp() + make_interval(secs => given.pause) END,
				read_by = CASE WHEN {last} THEN given.agent ELSE m.read_by END,
				read_at = CASE WHEN {last} THEN statement_timestamp() END
			""".replace("{last}", "{first} AND given.counts AND {one more} >= given.max_attempts")
		.replace("{one more}", "(" + TaskLimits.oneMore("m.failures") + ")");

	/**
	 * Six parameters.
	 */
	private static final String GIVEN = """
			given AS (SELECT ?::boolean AS counts, ?::text AS error, ?::integer AS max_attempts,
				?::double precision AS pause, ?::boolean AS later_seen, ?::text AS agent)""";

	final String insert;

	final String turn = """
			SELECT pg_try_advisory_xact_lock(hashtextextended('ikigai_mailbox.' || ?, 0)),
				set_config('idle_in_transaction_session_timeout', ?, true),
				set_config('client_connection_check_interval', '500', true)""";

	final String holder;

	final String takeOver;

	final String takeBack;

	final String unanswered;

	final String waiting;

	final String pick;

	final String putBack;

	final String guard;

	final String finish;

	final String release;

	final String extend;

	final String unread;

	final String names;

	MailboxSql(Schema schema) {
		this.insert = schema.sql("""
				INSERT INTO {schema}.mailbox (id, mailbox_name, sender, payload, headers, reply_to, correlation_id,
					sent_by, created_at)
				SELECT n.id, n.mailbox_name, n.sender, n.payload::jsonb, n.headers::jsonb, n.reply_to, n.correlation_id,
					a.agent, clock_timestamp()
				FROM (SELECT ?::text AS agent) a, unnest(?, ?, ?, ?, ?, ?, ?)
					AS n(id, mailbox_name, sender, payload, headers, reply_to, correlation_id)""");
		this.holder = schema.sql("""
				SELECT EXISTS (SELECT FROM {schema}.mailbox b WHERE b.mailbox_name = m.name AND b.read_at IS NULL
						AND b.receipt IS NOT NULL) AS handed_out,
					coalesce(c.instance_id = ?, false) AS mine,
					c.mailbox_name IS NULL OR c.lease_expires_at <= statement_timestamp()
						OR i.died_at IS NOT NULL OR coalesce(i.status = 'stopped', false) AS ended
				FROM (SELECT ?::text AS name) m
				LEFT JOIN {schema}.ikigai_mailbox_consumer c ON c.mailbox_name = m.name
				LEFT JOIN {schema}.ikigai_agent_instance i ON i.id = c.instance_id""");
		// All or nothing: a message that a transaction is just acknowledging may yet have
		// to come again, before the later ones.
		String takeOver = """
				WITH""" + " " + GIVEN + """
				, handed_out AS MATERIALIZED (
					SELECT id, position FROM {schema}.mailbox
					WHERE mailbox_name = ? AND read_at IS NULL AND receipt IS NOT NULL {from}
				), free AS MATERIALIZED (
					SELECT m.id FROM {schema}.mailbox m
					WHERE m.id = ANY (ARRAY(SELECT id FROM handed_out)) AND m.read_at IS NULL FOR UPDATE SKIP LOCKED
				)
				UPDATE {schema}.mailbox m
				""" + GIVE_BACK.replace("{first}", "m.position = (SELECT min(position) FROM handed_out)") + """
				FROM free, given WHERE m.id = free.id
					AND (SELECT count(*) FROM free) = (SELECT count(*) FROM handed_out)""";
		this.takeOver = schema.sql(takeOver.replace("{from}", ""));
		this.takeBack = schema.sql(takeOver.replace("{from}", """
				AND position >= (SELECT min(position) FROM {schema}.mailbox
					WHERE mailbox_name = ? AND read_at IS NULL AND receipt = ANY (?::uuid[]))"""));
		this.unanswered = schema.sql("""
				SELECT EXISTS (SELECT FROM {schema}.mailbox
					WHERE mailbox_name = ? AND read_at IS NULL AND receipt = ANY (?::uuid[]))""");
		// Order comes first: nothing is handed out past a message that somebody has
		// locked, or that failed and is not due yet.
		this.pick = schema.sql("""
				WITH next AS MATERIALIZED (
					SELECT id, position, due_at FROM {schema}.mailbox
					WHERE mailbox_name = ? AND read_at IS NULL AND receipt IS NULL ORDER BY position LIMIT ?
				), free AS MATERIALIZED (
					SELECT m.id, m.position FROM {schema}.mailbox m
					WHERE m.id = ANY (ARRAY(SELECT id FROM next)) AND m.read_at IS NULL AND m.receipt IS NULL
					FOR UPDATE SKIP LOCKED
				), picked AS MATERIALIZED (
					SELECT f.id FROM free f WHERE NOT EXISTS (SELECT FROM next n
						WHERE n.position <= f.position
							AND (n.id NOT IN (SELECT id FROM free) OR n.due_at > statement_timestamp()))
				), handed_out AS (
					UPDATE {schema}.mailbox m SET receipt = ?, attempt = {attempt}, due_at = NULL
					FROM picked p WHERE m.id = p.id
					RETURNING m.*
				), held AS (
					INSERT INTO {schema}.ikigai_mailbox_consumer (mailbox_name, instance_id, lease_expires_at)
					SELECT ?, ?, statement_timestamp() + make_interval(secs => ?) FROM picked HAVING count(*) > 0
					ON CONFLICT (mailbox_name) DO UPDATE
					SET instance_id = excluded.instance_id, lease_expires_at = excluded.lease_expires_at
				)
				SELECT id, position, mailbox_name, sender, {text:payload by sent_by} AS payload, attempt, failures,
					{text:headers by sent_by} AS headers, reply_to, correlation_id, created_at FROM handed_out"""
			.replace("{attempt}", TaskLimits.oneMore("m.attempt")), "{most}");
		this.putBack = schema.sql("""
				UPDATE {schema}.mailbox SET receipt = NULL, attempt = greatest(attempt - 1, 0)
				WHERE id = ANY (?) AND receipt = ?""");
		String fence = " WHERE id = ? AND receipt = ? AND read_at IS NULL";
		this.guard = schema.sql("""
				SELECT set_config('idle_in_transaction_session_timeout', ?, true)
					|| set_config('client_connection_check_interval', '500', true) FROM {schema}.mailbox""" + fence);
		this.finish = schema.sql("""
				UPDATE {schema}.mailbox
				SET read_at = statement_timestamp(), read_by = ?, error = ?, receipt = NULL""" + fence);
		this.release = schema.sql("WITH " + GIVEN + """
				, mine AS MATERIALIZED (
					SELECT position FROM {schema}.mailbox""" + fence + " FOR UPDATE" + """

				)
				UPDATE {schema}.mailbox m
				""" + GIVE_BACK.replace("{first}", "m.position = mine.position") + """
				FROM mine, given WHERE m.mailbox_name = ? AND m.read_at IS NULL AND m.receipt IS NOT NULL
					AND m.position >= mine.position
				RETURNING m.read_at IS NOT NULL AS given_up""");
		this.waiting = schema.sql("""
				SELECT EXISTS (SELECT FROM {schema}.mailbox WHERE mailbox_name = ? AND read_at IS NULL)
					AND NOT EXISTS (SELECT FROM {schema}.mailbox
						WHERE mailbox_name = ? AND read_at IS NULL AND receipt IS NOT NULL)""");
		this.extend = schema.sql("""
				WITH free AS MATERIALIZED (
					SELECT mailbox_name FROM {schema}.ikigai_mailbox_consumer
					WHERE mailbox_name = ANY (?) AND instance_id = ? FOR UPDATE SKIP LOCKED
				)
				UPDATE {schema}.ikigai_mailbox_consumer c
				SET lease_expires_at = statement_timestamp() + make_interval(secs => ?)
				FROM free WHERE c.mailbox_name = free.mailbox_name""");
		this.unread = schema.sql("SELECT count(*) FROM {schema}.mailbox WHERE mailbox_name = ? AND read_at IS NULL");
		this.names = schema.sql("""
				SELECT DISTINCT mailbox_name FROM {schema}.mailbox
				WHERE NOT starts_with(mailbox_name, 'ikigai-reply-') ORDER BY 1""");
	}

}
