package io.ikigai.benchmarks.worker;

import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.IkigaiTaskListener;
import io.ikigai.platform.queue.Task;

import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The handlers. Their names are those of their queues; they are started when it is their
 * turn.
 */
class IkigaiListeners {

	static final String NOTHING = "benchmark-nothing";

	static final String WRITE = "benchmark-write";

	static final String WRITE_IN_TRANSACTION = "benchmark-write-in-transaction";

	static final String TRAFFIC = "benchmark-traffic";

	private final HandlerCount count;

	private final JdbcTemplate jdbc;

	IkigaiListeners(HandlerCount count, JdbcTemplate jdbc) {
		this.count = count;
		this.jdbc = jdbc;
	}

	@IkigaiTaskListener(id = NOTHING, queue = NOTHING, concurrency = "16", autoStartup = "false")
	void nothing(Payload payload) {
		this.count.handled(payload.sent());
	}

	@IkigaiTaskListener(id = TRAFFIC, queue = TRAFFIC, concurrency = "16", autoStartup = "false")
	void traffic(Payload payload) {
	}

	@IkigaiTaskListener(id = WRITE, queue = WRITE, concurrency = "16", autoStartup = "false")
	void write(Payload payload, Task task) {
		task.complete(() -> {
			this.jdbc.update(WrittenRow.INSERT, payload.url());
		});
		this.count.handled(0);
	}

	@IkigaiTaskListener(id = WRITE_IN_TRANSACTION, queue = WRITE_IN_TRANSACTION, concurrency = "16",
			claim = ClaimMode.TRANSACTION, autoStartup = "false")
	void writeInTransaction(Payload payload) {
		this.jdbc.update(WrittenRow.INSERT, payload.url());
		this.count.handled(0);
	}

}
