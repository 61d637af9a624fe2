package io.ikigai.platform.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import io.ikigai.platform.agent.AgentInfo;
import io.ikigai.platform.agent.AgentInstance;
import io.ikigai.platform.agent.AgentStatus;
import io.ikigai.platform.agent.AgentStore;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/**
 * The registry in {@code agent_registry}, one row per agent, and
 * {@code ikigai_agent_instance}, one per process. Heartbeats are sent by the
 * {@link Housekeeping}.
 */
final class PostgresAgentStore implements AgentStore {

	private final JdbcClient jdbc;

	private final TransactionOperations transactions;

	private final Schema schema;

	private final ProcessIdentity self;

	private final Housekeeping housekeeping;

	private final Supplier<@Nullable Long> lock;

	private final double lateAfter;

	PostgresAgentStore(JdbcTemplate jdbc, TransactionOperations transactions, Schema schema, ProcessIdentity self,
			Housekeeping housekeeping, Supplier<@Nullable Long> lock, double lateAfter) {
		this.jdbc = JdbcClient.create(jdbc);
		this.transactions = transactions;
		this.schema = schema;
		this.self = self;
		this.housekeeping = housekeeping;
		this.lock = lock;
		this.lateAfter = lateAfter;
	}

	private JdbcClient.StatementSpec sql(String text) {
		return this.jdbc.sql(this.schema.sql(text));
	}

	@Override
	public void register(String name, String version, String manifest, String server) {
		// Before the first task is taken: the death of a worker whose lock nobody knows
		// would cost its tasks the rest of their leases.
		Long held = this.lock.get();
		this.transactions.executeWithoutResult((status) -> {
			sql("""
					INSERT INTO {schema}.agent_registry (name, version, manifest, deployed_at, status, last_heartbeat, server)
					VALUES (:name, :version, :manifest::jsonb, now(), 'running', now(), :server)
					ON CONFLICT (name) DO UPDATE SET version = EXCLUDED.version, manifest = EXCLUDED.manifest,
						deployed_at = EXCLUDED.deployed_at, status = EXCLUDED.status,
						last_heartbeat = EXCLUDED.last_heartbeat, server = EXCLUDED.server""")
				.param("name", name)
				.param("version", version)
				.param("manifest", manifest)
				.param("server", server)
				.update();
			sql("""
					INSERT INTO {schema}.ikigai_agent_instance (id, agent_name, server, status, lock_key)
					VALUES (:id, :name, :server, 'running', :lock)
					ON CONFLICT (id) DO UPDATE SET status = 'running', last_heartbeat = now(), died_at = NULL,
						lock_key = EXCLUDED.lock_key""").param("lock", held, Types.BIGINT)
				.param("id", this.self.instance())
				.param("name", name)
				.param("server", server)
				.update();
		});
		this.housekeeping.registered(true);
	}

	@Override
	public void deregister() {
		this.housekeeping.registered(false);
		sql("""
				WITH stopped AS (
					UPDATE {schema}.ikigai_agent_instance SET status = 'stopped', last_heartbeat = now()
					WHERE id = :id RETURNING id, agent_name
				)
				UPDATE {schema}.agent_registry r SET status = 'stopped', last_heartbeat = now()
				FROM stopped s WHERE r.name = s.agent_name AND NOT EXISTS (
					SELECT FROM {schema}.ikigai_agent_instance i
					WHERE i.agent_name = s.agent_name AND i.status = 'running' AND i.id <> s.id)""")
			.param("id", this.self.instance())
			.update();
	}

	@Override
	public List<AgentInfo> list() {
		return read(null);
	}

	@Override
	public Optional<AgentInfo> find(String name) {
		return read(name).stream().findFirst();
	}

	private List<AgentInfo> read(@Nullable String name) {
		Map<String, List<AgentInstance>> instances = new LinkedHashMap<>();
		sql("""
				SELECT id, agent_name, server, last_heartbeat,
					CASE WHEN status = 'running' AND last_heartbeat < statement_timestamp() - make_interval(secs => :late)
						THEN 'failed' ELSE status END AS status
				FROM {schema}.ikigai_agent_instance WHERE :name::text IS NULL OR agent_name = :name
				ORDER BY started_at DESC""")
			.param("late", this.lateAfter)
			.param("name", name)
			.query((row) -> {
				instances.computeIfAbsent(row.getString("agent_name"), (agent) -> new ArrayList<>())
					.add(new AgentInstance(row.getObject("id", UUID.class).toString(), row.getString("server"),
							status(row), time(row, "last_heartbeat")));
			});
		return sql(
				"""
						SELECT name, version, {text:manifest} AS manifest, deployed_at, last_heartbeat, server,
							CASE WHEN status = 'running' AND last_heartbeat < statement_timestamp() - make_interval(secs => :late)
								THEN 'failed' ELSE status END AS status
						FROM {schema}.agent_registry WHERE :name::text IS NULL OR name = :name ORDER BY name""")
			.param("late", this.lateAfter)
			.param("name", name)
			.query((row, number) -> new AgentInfo(row.getString("name"), row.getString("version"),
					TaskRow.shown(row.getString("manifest")), time(row, "deployed_at"), status(row),
					time(row, "last_heartbeat"), text(row, "server"),
					instances.getOrDefault(row.getString("name"), List.of())))
			.list();
	}

	// Other programs may register agents with plain SQL, and leave columns null.
	private static AgentStatus status(ResultSet row) throws SQLException {
		return switch (text(row, "status").toLowerCase(Locale.ROOT)) {
			case "running" -> AgentStatus.RUNNING;
			case "stopped" -> AgentStatus.STOPPED;
			default -> AgentStatus.FAILED;
		};
	}

	private static Instant time(ResultSet row, String column) throws SQLException {
		Instant time = TaskRow.instant(row, column);
		return (time != null) ? time : Instant.EPOCH;
	}

	private static String text(ResultSet row, String column) throws SQLException {
		String text = row.getString(column);
		return (text != null) ? text : "";
	}

}
