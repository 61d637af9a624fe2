package io.ikigai.platform.postgres;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import io.ikigai.platform.BackendStatus;
import io.ikigai.platform.DatabaseHygiene;
import io.ikigai.platform.agent.AgentStore;
import io.ikigai.platform.cache.CacheStore;
import io.ikigai.platform.mailbox.MailboxStore;
import io.ikigai.platform.outbox.OutboxStore;
import io.ikigai.platform.outbox.SettlementStore;
import io.ikigai.platform.pubsub.TopicStore;
import io.ikigai.platform.queue.TaskInspection;
import io.ikigai.platform.queue.TaskStore;
import io.ikigai.platform.queue.TaskTracker;
import io.ikigai.platform.storage.CollectionSettings;
import io.ikigai.platform.storage.ConversationStore;
import io.ikigai.platform.storage.DocumentStore;
import io.ikigai.platform.storage.DocumentVectors;
import io.ikigai.platform.telemetry.TelemetryStore;
import io.ikigai.platform.transaction.CallerTransactions;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The platform on PostgreSQL 14 and later. {@link #start()} brings the schema up to date
 * and begins to listen for notifications; {@link #close()} ends that. Safe for use by
 * several threads.
 */
public final class PostgresBackend implements BackendStatus, AutoCloseable {

	private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(1);

	private static final Duration LEASES_PATIENCE = Duration.ofSeconds(7);

	private static final Duration TOPICS_PATIENCE = Duration.ofSeconds(20);

	/** Runs the platform's short statements. */
	private final JdbcTemplate jdbc;

	/** Runs what may read much. */
	private final JdbcTemplate search;

	private final SessionWatch sessionWatch;

	private final PostgresErrors errors = new PostgresErrors();

	private final PostgresSettings settings;

	private final SchemaMigration migration;

	private final ScheduledExecutorService timer = scheduler("ikigai-timer");

	private final ScheduledExecutorService sweeper = scheduler("ikigai-sweep");

	private final SideConnection leaseConnection;

	private final SideConnection topicConnection;

	private final ListenConnection listenConnection;

	private final QueueAnnouncer announcer;

	private final QueueAnnouncer topicAnnouncer;

	private final PostgresTaskStore taskStore;

	private final PostgresTaskInspection taskInspection;

	private final PostgresMailboxStore mailboxStore;

	private final PostgresAgentStore agentStore;

	private final CacheChanges cacheChanges;

	private final PostgresCacheStore cacheStore;

	private final PostgresTelemetryStore telemetryStore;

	private final TopicReader topicReader;

	private final PostgresTopicStore topicStore;

	private final SideConnection outboxConnection;

	private final PostgresOutboxStore outboxStore;

	private final PostgresSettlementStore settlementStore;

	private final PostgresTaskTracker taskTracker;

	private final RetentionSweep sweep;

	private final List<DocumentIndexes> documentIndexes = new CopyOnWriteArrayList<>();

	private final DataSource direct;

	private final Schema schema;

	private final CallerTransactions transactions;

	/**
	 * Creates the backend; nothing is connected yet.
	 * @param dataSource the pool, that of the transactions
	 * @param direct where the connections that listen, extend leases and read topics come
	 * from; past any pool or pooler if possible
	 * @param transactions the transactions of the pool
	 * @param json how headers are read and written
	 * @param settings the configuration
	 */
	public PostgresBackend(DataSource dataSource, DataSource direct, CallerTransactions transactions, JsonMapper json,
			PostgresSettings settings) {
		this.direct = direct;
		this.settings = settings;
		this.schema = new Schema(settings.schema()).withPayloadsUpTo(settings.maxPayloadBytes());
		this.transactions = transactions;
		ProcessIdentity self = ProcessIdentity.fresh();
		Wakeups wakeups = new Wakeups();
		this.migration = new SchemaMigration(dataSource, direct, this.schema);
		this.leaseConnection = new SideConnection(direct, "leases", LEASES_PATIENCE);
		this.topicConnection = new SideConnection(direct, "topics", TOPICS_PATIENCE, TopicSql.SETTING);
		this.sessionWatch = new SessionWatch(SessionWatch.sessions(this.leaseConnection));
		this.jdbc = limited(dataSource, settings.statementTimeout());
		this.search = limited(dataSource, LimitedJdbcTemplate.LONG);
		JdbcTemplate sweeping = limited(dataSource, LimitedJdbcTemplate.LONGEST);
		this.announcer = new QueueAnnouncer(this.jdbc, transactions, wakeups, this.timer, QueueAnnouncer.PAUSE);
		this.topicAnnouncer = new QueueAnnouncer(this.jdbc, transactions, wakeups, this.timer, TopicReader.PAUSE);
		LostClaims lostClaims = new LostClaims(this.schema, settings.maxWorkerDeaths(), this.announcer);
		this.topicReader = new TopicReader(new TopicSql(this.topicConnection, this.schema));
		Housekeeping housekeeping = new Housekeeping(this.schema, self, wakeups, this.timer, lostClaims,
				new LostMailboxes(this.schema, this.announcer),
				new QueueStatistics(sweeping, this.schema, this.sweeper), this.topicReader, settings.heartbeat());
		this.listenConnection = new ListenConnection(direct, this.announcer, self, wakeups, housekeeping);
		CrowdedQueues crowded = new CrowdedQueues(wakeups, this.timer, CrowdedQueues.WHOLE_QUEUE);
		this.taskStore = new PostgresTaskStore(this.jdbc, this.transactions,
				new TaskClaims(this.jdbc, this.schema, new TaskRow(json), settings.agentName(), self.instance(),
						crowded, this.announcer::announceAgain),
				new GroupedCompletions(this.jdbc, this.schema),
				new TaskLeases(this.jdbc, this.leaseConnection, this.schema), this.schema, json, settings.agentName(),
				this.announcer, wakeups, this.listenConnection::channelsChanged);
		this.taskInspection = new PostgresTaskInspection(sweeping, this.schema, json, settings.agentName(),
				settings.maxAttempts(), this.announcer, crowded);
		this.mailboxStore = new PostgresMailboxStore(this.jdbc, transactions, this.leaseConnection, this.schema, json,
				settings.agentName(), self.instance(), this.announcer, wakeups, this.listenConnection::channelsChanged);
		this.agentStore = new PostgresAgentStore(this.jdbc, transactions.ofStores(), this.schema, self, housekeeping,
				this.listenConnection::awaitLock, PostgresTaskStore.seconds(settings.heartbeat().multipliedBy(3)));
		this.cacheChanges = new CacheChanges(this.jdbc, json, self.instance().toString(), wakeups,
				this.listenConnection::channelsChanged);
		this.cacheStore = new PostgresCacheStore(this.jdbc, transactions, this.schema, this.cacheChanges);
		this.telemetryStore = new PostgresTelemetryStore(this.jdbc, sweeping,
				new TelemetryHypertable(dataSource, transactions.manager(), this.schema), transactions.manager(),
				this.schema,
				"date_bin(make_interval(secs => :bucket), created_at, TIMESTAMPTZ '1970-01-01 00:00:00+00')");
		this.topicStore = new PostgresTopicStore(this.jdbc, transactions, this.schema, settings.agentName(),
				self.instance().toString(), this.topicReader, this.topicAnnouncer, wakeups,
				this.listenConnection::channelsChanged);
		this.outboxConnection = new SideConnection(direct, "outbox", LEASES_PATIENCE);
		this.outboxStore = new PostgresOutboxStore(this.jdbc, this.outboxConnection, this.schema, self.instance());
		this.settlementStore = new PostgresSettlementStore(this.jdbc, this.outboxConnection, this.schema);
		AtOnceDataSource atOnce = new AtOnceDataSource(dataSource, direct, transactions);
		PostgresTaskInspection tracked = new PostgresTaskInspection(limited(atOnce, LimitedJdbcTemplate.LONGEST),
				this.schema.withTasksIn("ikigai_tracked_task"), json, settings.agentName(), settings.maxAttempts(),
				this.announcer, crowded);
		this.taskTracker = new PostgresTaskTracker(limited(atOnce, settings.statementTimeout()), this.leaseConnection,
				this.schema, tracked, json, settings.agentName(), settings.maxWorkerDeaths());
		this.sweep = new RetentionSweep(sweeping, direct, this.schema, this.taskInspection,
				settings.completedRetention(), settings.failedRetention(), settings.messageRetention(),
				Map.of("retention-telemetry", () -> this.telemetryStore.deleteOlderThan(settings.telemetryRetention()),
						"retention-topics", new TopicSweep(sweeping, this.schema, settings.topicRetention()),
						"retention-settlements", this.settlementStore::sweep, "retention-tracked-tasks",
						() -> tracked.deleteFinished(settings.completedRetention(), settings.failedRetention())));
	}

	private static ScheduledExecutorService scheduler(String name) {
		return Executors.newSingleThreadScheduledExecutor((task) -> {
			Thread thread = new Thread(task, name);
			thread.setDaemon(true);
			return thread;
		});
	}

	private JdbcTemplate limited(DataSource connections, Duration limit) {
		JdbcTemplate limited = new LimitedJdbcTemplate(connections, limit, this.sessionWatch);
		limited.setExceptionTranslator(this.errors);
		return limited;
	}

	/**
	 * Brings the schema up to date, or checks that it is there, and begins to listen.
	 * @throws SchemaMissingException if the schema is not there and may not be made
	 * @throws SchemaNewerException if a later version of the platform made it
	 */
	public void start() {
		if (this.settings.migrate()) {
			this.migration.migrate();
		}
		else {
			this.migration.check();
		}
		this.listenConnection.start();
		this.sweeper.scheduleWithFixedDelay(this.sweep::run, SWEEP_INTERVAL.toMillis(), SWEEP_INTERVAL.toMillis(),
				TimeUnit.MILLISECONDS);
		this.sweeper.scheduleWithFixedDelay(this.transactions::closeIdle, 10, 10, TimeUnit.SECONDS);
		this.sessionWatch.start(this.leaseConnection, this.topicConnection, this.outboxConnection);
	}

	/**
	 * Returns the task queues.
	 * @return the store
	 */
	public TaskStore taskStore() {
		return this.transactions.guard(this.taskStore);
	}

	/**
	 * Returns what looks at tasks.
	 * @return the inspection
	 */
	public TaskInspection taskInspection() {
		return this.transactions.guard(this.taskInspection);
	}

	/**
	 * Returns the mailboxes.
	 * @return the store
	 */
	public MailboxStore mailboxStore() {
		return this.transactions.guard(this.mailboxStore);
	}

	/**
	 * Returns the registry's store.
	 * @return the store
	 */
	public AgentStore agentStore() {
		return this.transactions.guard(this.agentStore);
	}

	/**
	 * Returns the cache.
	 * @return the store
	 */
	public CacheStore cacheStore() {
		return this.transactions.guard(this.cacheStore);
	}

	/**
	 * Returns what looks into the database's statistics.
	 * @return the hygiene
	 */
	public DatabaseHygiene hygiene() {
		return this.transactions.guard(new PostgresHygiene(this.search, this.schema));
	}

	/**
	 * Returns the store of telemetry.
	 * @return the store
	 */
	public TelemetryStore telemetryStore() {
		return this.transactions.guard(this.telemetryStore);
	}

	/**
	 * Returns publish and subscribe.
	 * @return the store
	 */
	public TopicStore topicStore() {
		return this.transactions.guard(this.topicStore);
	}

	/**
	 * Returns what transactions have sent to other backends.
	 * @return the store
	 */
	public OutboxStore outboxStore() {
		return this.transactions.guard(this.outboxStore);
	}

	/**
	 * Returns what transactions have settled of other backends.
	 * @return the store
	 */
	public SettlementStore settlementStore() {
		return this.transactions.guard(this.settlementStore);
	}

	/**
	 * Returns what is kept of task queues that are on a broker.
	 * @return the tracker
	 */
	public TaskTracker taskTracker() {
		return this.taskTracker;
	}

	/**
	 * Returns the store of documents; makes declared indexes that are missing meanwhile.
	 * @param collections what is declared of single collections, by their names
	 * @return the store
	 */
	public DocumentStore documentStore(Map<String, CollectionSettings> collections) {
		if (!collections.isEmpty()) {
			DocumentIndexes indexes = new DocumentIndexes(this.direct, this.schema, this.settings.migrate(),
					collections);
			this.documentIndexes.add(indexes);
			Thread thread = new Thread(indexes, "ikigai-documents");
			thread.setDaemon(true);
			thread.start();
		}
		return this.transactions.guard(new PostgresDocumentStore(this.search, this.schema, collections));
	}

	/**
	 * Returns the languages that the database can search text in.
	 * @return the names of its text search configurations, sorted
	 */
	public List<String> textSearchLanguages() {
		return this.jdbc.queryForList("""
				SELECT CASE WHEN pg_ts_config_is_visible(c.oid) THEN '' ELSE quote_ident(n.nspname) || '.' END
					|| quote_ident(c.cfgname) AS name
				FROM pg_ts_config c JOIN pg_namespace n ON n.oid = c.cfgnamespace ORDER BY name""", String.class);
	}

	/**
	 * Returns the store of documents' vectors, after it has looked for pgvector and made
	 * the indexes that are missing.
	 * @param collections what is declared of single collections, by their names
	 * @return the store
	 */
	public DocumentVectors documentVectors(Map<String, CollectionSettings> collections) {
		return this.transactions.guard(new PostgresDocumentVectors(this.search, this.transactions.ofStores(),
				this.schema, collections, this.settings.migrate()));
	}

	/**
	 * Returns the store of conversations.
	 * @return the store
	 */
	public ConversationStore conversationStore() {
		return this.transactions.guard(new PostgresConversationStore(this.jdbc, this.schema));
	}

	@Override
	public String backend() {
		return "postgres";
	}

	@Override
	public Set<String> services() {
		return this.settings.services();
	}

	@Override
	public Condition condition() {
		Map<String, String> failing = this.listenConnection.failing();
		failing.putAll(this.sweep.failing());
		return new PostgresCondition(this.settings.schema(), this.jdbc, this.errors, this.listenConnection)
			.look(failing);
	}

	@Override
	public void close() {
		this.sweeper.shutdownNow();
		this.sessionWatch.close();
		this.documentIndexes.forEach(DocumentIndexes::stop);
		this.topicReader.close();
		this.topicConnection.close();
		this.outboxConnection.close();
		this.listenConnection.close();
		this.cacheChanges.close();
		this.topicAnnouncer.close();
		this.announcer.close();
		this.leaseConnection.close();
		this.timer.shutdownNow();
	}

}
