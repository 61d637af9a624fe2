package io.ikigai.platform.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import javax.sql.DataSource;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/**
 * The one connection of this process that LISTENs. It holds the process's advisory lock,
 * by which others see that it lives, and does the {@link Housekeeping}. When it breaks it
 * is made again at once, then after growing pauses, and everyone who waits is woken: what
 * was missed meanwhile is in the table.
 * <p>
 * A canary, a notification to itself, shows that notifications arrive. Behind a
 * transaction pooler they do not: then the lock is not relied on and waiters are woken by
 * the housekeeping alone, which looks every second.
 */
final class ListenConnection implements AutoCloseable {

	private static final String SILENT = "notifications do not arrive, as behind a transaction pooler: set "
			+ "ikigai.postgres.listen-url to the address of the database itself";

	private static final Log logger = LogFactory.getLog(ListenConnection.class);

	private static final Duration CANARY_INTERVAL = Duration.ofSeconds(10);

	private static final Duration CANARY_PATIENCE = Duration.ofSeconds(2);

	/** How long the server may leave a statement without an answer: it may be lost. */
	private static final Duration SILENCE = Duration.ofSeconds(15);

	private static final long LONGEST_PAUSE_MILLIS = 5000;

	/**
	 * At most, at first: others take a process for dead whose lock is free for longer.
	 */
	private static final long SHORT_PAUSE_MILLIS = 200;

	private static final int SHORT_PAUSES = 30;

	/** A connection that lasted so long is opened again at once; others after pauses. */
	private static final Duration STABLE = Duration.ofSeconds(5);

	/** How many channels are listened to though nobody waits on them any more. */
	private static final int SPARE_CHANNELS = 200;

	private final DataSource dataSource;

	private final QueueAnnouncer announcer;

	private final ProcessIdentity self;

	private final Wakeups wakeups;

	private final Housekeeping housekeeping;

	private final Thread thread = new Thread(this::run, "ikigai-listen");

	private final CountDownLatch closing = new CountDownLatch(1);

	private final Set<String> listened = new HashSet<>();

	private volatile boolean listening;

	private volatile @Nullable String problem = "not connected yet";

	private long canarySentAt;

	private boolean canaryUnderWay;

	private volatile boolean lockHeld;

	private final CountDownLatch tried = new CountDownLatch(1);

	private final SupervisedLook locking = new SupervisedLook("lock",
			"Other processes cannot see whether this one lives; its tasks are safe by their leases alone");

	private final SupervisedLook channels = new SupervisedLook("channels",
			"Not all notifications arrive; listeners find work at their own polls");

	private final SupervisedLook canary = LookPart.CANARY.supervised();

	/** Whether to do the housekeeping at once, though it is not due. */
	private boolean lookAtOnce;

	ListenConnection(DataSource dataSource, QueueAnnouncer announcer, ProcessIdentity self, Wakeups wakeups,
			Housekeeping housekeeping) {
		this.dataSource = dataSource;
		this.announcer = announcer;
		this.self = self;
		this.wakeups = wakeups;
		this.housekeeping = housekeeping;
		this.thread.setDaemon(true);
	}

	void start() {
		this.thread.start();
	}

	/**
	 * Returns whether notifications arrive.
	 */
	boolean listening() {
		return this.listening;
	}

	/**
	 * Returns what stands in the way of notifications.
	 */
	@Nullable String problem() {
		return this.problem;
	}

	/**
	 * Returns what fails of the housekeeping, with the reasons; empty when all works.
	 */
	Map<String, String> failing() {
		Map<String, String> failing = this.housekeeping.failing();
		for (SupervisedLook look : List.of(this.locking, this.channels, this.canary)) {
			String reason = look.problem();
			if (reason != null) {
				failing.put(look.name(), reason);
			}
		}
		return failing;
	}

	/**
	 * Has the loop look at once which channels are waited on.
	 */
	void channelsChanged() {
		boolean covered;
		synchronized (this.listened) {
			covered = this.listened.containsAll(this.wakeups.channels());
		}
		if (!covered && this.listening) {
			this.announcer.notify(this.self.channel(), "wake");
		}
	}

	/**
	 * Waits until notifications have arrived or it is known that they do not, at most two
	 * seconds.
	 * @return the lock by which others see that this process lives, if it is held
	 */
	@Nullable Long awaitLock() {
		try {
			if (!this.tried.await(CANARY_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
				logger.debug("No notification yet; others cannot see whether this process lives");
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return (this.listening && this.lockHeld) ? this.self.lockKey() : null;
	}

	private void run() {
		long pause = 0;
		long opened = 0;
		int brief = 0;
		boolean first = true;
		while (this.closing.getCount() > 0) {
			try (Connection connection = this.dataSource.getConnection()) {
				connection.setAutoCommit(true);
				int before = connection.getNetworkTimeout();
				connection.setNetworkTimeout(Runnable::run, (int) SILENCE.toMillis());
				try {
					open(connection, first);
					first = false;
					opened = System.nanoTime();
					serve(connection);
				}
				finally {
					LimitedJdbcTemplate.restore(connection, before);
				}
			}
			catch (SQLException | RuntimeException | Error ex) {
				pause = (opened != 0 && System.nanoTime() - opened > STABLE.toNanos()) ? 0 : pause;
				brief = (opened != 0 && pause != 0) ? brief + 1 : 0;
				long longest = (opened != 0 && brief < SHORT_PAUSES) ? SHORT_PAUSE_MILLIS : LONGEST_PAUSE_MILLIS;
				opened = 0;
				broken(ex, pause);
				first = false;
				pause = Math.min(longest, Math.max(25, pause * 2));
			}
			await((pause == 25) ? 0 : pause);
		}
	}

	private void broken(Throwable ex, long pause) {
		this.listening = false;
		this.problem = "no connection: " + ex.getMessage();
		this.tried.countDown();
		this.wakeups.wakeAll();
		if (this.closing.getCount() > 0 && pause == 0) {
			logger.warn("Lost the connection that listens for notifications; connecting again. Listeners look now and "
					+ "then meanwhile: " + ex.getMessage());
		}
		else {
			logger.debug("The LISTEN connection failed", ex);
		}
	}

	private void await(long millis) {
		try {
			this.closing.await(millis, TimeUnit.MILLISECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private void open(Connection connection, boolean first) throws SQLException {
		synchronized (this.listened) {
			this.listened.clear();
		}
		this.lockHeld = false;
		this.canaryUnderWay = false;
		try (Statement statement = connection.createStatement()) {
			statement.execute("SET application_name = 'ikigai-listen'");
			statement.execute("SET lock_timeout = '500ms'");
			statement.execute("SET statement_timeout = '10s'");
			statement.execute("SET jit = off");
			// To plan the look of each second costs more than to run it. Its plan must
			// not be
			// one for tables that were still empty
			statement.execute("SET plan_cache_mode = force_generic_plan");
			statement.execute("SET enable_seqscan = off");
			if (!first) {
				this.housekeeping.reconnected(connection);
			}
			statement.execute("LISTEN " + this.self.channel());
		}
		this.locking.run(connection, this::lock);
		this.channels.run(connection, this::listen);
		this.canary.run(connection, this::sendCanary);
		this.problem = "waiting for the first notification";
		this.wakeups.wakeAll();
	}

	// Never waits: a session that waits for an advisory lock holds back vacuum. A process
	// whose former connection lingers on tries again with each look.
	private void lock(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement();
				ResultSet row = statement.executeQuery("SELECT pg_try_advisory_lock(" + this.self.lockKey() + ")")) {
			this.lockHeld = row.next() && row.getBoolean(1);
		}
	}

	private void sendCanary(Connection connection) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			statement.execute("NOTIFY " + this.self.channel());
		}
		this.canarySentAt = System.nanoTime();
		this.canaryUnderWay = true;
	}

	private void listen(Connection connection) throws SQLException {
		Set<String> wanted = this.wakeups.channels();
		Set<String> added = new HashSet<>(wanted);
		Set<String> spare;
		synchronized (this.listened) {
			added.removeAll(this.listened);
			spare = new HashSet<>(this.listened);
			spare.removeAll(wanted);
			if (spare.size() > SPARE_CHANNELS) {
				this.listened.removeAll(spare);
			}
		}
		if (spare.size() > SPARE_CHANNELS) {
			execute(connection, "UNLISTEN", spare);
		}
		if (added.isEmpty()) {
			return;
		}
		execute(connection, "LISTEN", added);
		synchronized (this.listened) {
			this.listened.addAll(added);
		}
		// What came before the LISTEN is in the table.
		added.forEach((channel) -> this.wakeups.wake(channel, null));
	}

	private static void execute(Connection connection, String command, Set<String> channels) throws SQLException {
		try (Statement statement = connection.createStatement()) {
			for (String channel : channels) {
				// A channel's name holds nothing but [a-z0-9_].
				statement.execute(command + " \"" + channel + "\"");
			}
		}
	}

	private void serve(Connection connection) throws SQLException {
		PGConnection notifications = connection.unwrap(PGConnection.class);
		long nextLook = System.nanoTime();
		while (this.closing.getCount() > 0) {
			// With one millisecond the driver would not wait at all.
			long wait = Math.max(2, TimeUnit.NANOSECONDS.toMillis(nextLook - System.nanoTime()));
			receive(notifications.getNotifications((int) wait));
			this.channels.run(connection, this::listen);
			if (this.lookAtOnce || nextLook - System.nanoTime() <= 0) {
				this.lookAtOnce = false;
				nextLook = System.nanoTime() + look(connection).toNanos();
			}
		}
	}

	private void receive(PGNotification @Nullable [] notifications) {
		if (notifications == null) {
			return;
		}
		for (PGNotification notification : notifications) {
			if (notification.getName().equals(this.self.channel())) {
				arrived();
			}
			else {
				this.wakeups.wake(notification.getName(), notification.getParameter());
			}
		}
	}

	private void arrived() {
		this.canaryUnderWay = false;
		if (!this.listening) {
			this.listening = true;
			this.problem = null;
			// From now on the lock shows that this process lives. Until others know, its
			// death would cost its tasks the rest of their leases.
			this.lookAtOnce = true;
			this.tried.countDown();
			logger.debug("Notifications arrive");
		}
	}

	private Duration look(Connection connection) throws SQLException {
		long now = System.nanoTime();
		if (this.canaryUnderWay && now - this.canarySentAt > CANARY_PATIENCE.toNanos()) {
			silent();
		}
		if (!this.lockHeld) {
			this.locking.run(connection, this::lock);
		}
		boolean canary = now - this.canarySentAt > CANARY_INTERVAL.toNanos();
		if (canary) {
			this.canarySentAt = now;
			this.canaryUnderWay = true;
		}
		Duration next = this.housekeeping.run(connection, this.lockHeld && this.listening, canary);
		if (canary && this.housekeeping.sendsCanary()) {
			this.canary.worked();
		}
		else if (canary) {
			// That it does not arrive says nothing
			this.canaryUnderWay = false;
		}
		return next;
	}

	private void silent() {
		if (this.listening || !SILENT.equals(this.problem)) {
			this.problem = SILENT;
			logger.warn("Notifications do not arrive on the LISTEN connection, as behind a transaction pooler. "
					+ "Listeners look every second instead. Set ikigai.postgres.listen-url to the address of the "
					+ "database itself");
		}
		this.listening = false;
		this.tried.countDown();
	}

	@Override
	public void close() {
		this.closing.countDown();
		if (this.listening) {
			this.announcer.notify(this.self.channel(), "wake");
		}
		try {
			this.thread.join(TimeUnit.SECONDS.toMillis(2));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
