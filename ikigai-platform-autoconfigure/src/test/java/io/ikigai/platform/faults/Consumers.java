package io.ikigai.platform.faults;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;

import io.ikigai.platform.mailbox.MailboxListener;
import io.ikigai.platform.mailbox.MailboxMessage;
import io.ikigai.platform.pubsub.TopicListener;
import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;
import io.ikigai.platform.testing.Waits;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.annotation.Transactional;

/**
 * Listeners of every kind. Each notes first that it begins, outside all transactions, and
 * then has its effect in a transaction of the platform; but {@link #PLAIN} has none,
 * which is completed at least once.
 */
class Consumers {

	static final String PLAIN = "plain";

	static final String LEASED = "leased";

	static final String TRANSACTIONAL = "transactional";

	static final String IN_TRANSACTION = "in-transaction";

	static final String BY_HAND = "by-hand";

	static final List<String> QUEUES = List.of(PLAIN, LEASED, TRANSACTIONAL, IN_TRANSACTION, BY_HAND);

	static final String MAILBOX = "mail";

	static final String TOPIC = "news";

	private final Ledger ledger;

	private final JdbcTemplate jdbc;

	private final Duration work;

	/**
	 * Creates the consumers.
	 * @param ledger where they note what they do
	 * @param jdbc the platform's database
	 * @param work how long a handler works on each task
	 */
	Consumers(Ledger ledger, JdbcTemplate jdbc, Duration work) {
		this.ledger = ledger;
		this.jdbc = jdbc;
		this.work = work;
	}

	@IkigaiTaskListener(queue = PLAIN, autoStartup = "${faults.works:false}")
	void plain(Piece piece, Task task) {
		begin(piece, task);
	}

	@IkigaiTaskListener(queue = LEASED, concurrency = "2", autoStartup = "${faults.works:false}")
	void leased(Piece piece, Task task) {
		begin(piece, task);
		task.complete(() -> finish(piece, task));
	}

	@Transactional
	@IkigaiTaskListener(queue = TRANSACTIONAL, autoStartup = "${faults.works:false}")
	public void transactional(Piece piece, Task task) {
		begin(piece, task);
		finish(piece, task);
	}

	@IkigaiTaskListener(queue = IN_TRANSACTION, claim = ClaimMode.TRANSACTION, autoStartup = "${faults.works:false}")
	void inTransaction(Piece piece, Task task) {
		begin(piece, task);
		finish(piece, task);
	}

	@Transactional
	@MailboxListener(mailbox = MAILBOX, autoStartup = "${faults.works:false}")
	public void mail(Piece piece, MailboxMessage message) {
		this.ledger.handling(MAILBOX, message.id(), piece, null);
		this.ledger.effect(this.jdbc, MAILBOX, message.id(), piece);
	}

	@TopicListener(topics = TOPIC, autoStartup = "${faults.subscribes:false}")
	void news(Piece piece) {
		this.ledger.handling(TOPIC, null, piece, null);
	}

	/**
	 * Notes that a claimed task is handled now.
	 */
	void begin(Piece piece, Task task) {
		this.ledger.handling(task.queue(), task.id(), piece, task.claimedAt());
		try {
			Waits.pause(this.work, new CountDownLatch(1));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException("Interrupted", ex);
		}
	}

	/**
	 * Has the effect of a task, in the running transaction.
	 */
	void finish(Piece piece, Task task) {
		this.ledger.effect(this.jdbc, task.queue(), task.id(), piece);
	}

}
