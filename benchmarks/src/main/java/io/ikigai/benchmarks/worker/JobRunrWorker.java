package io.ikigai.benchmarks.worker;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariDataSource;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.jobs.mappers.JobMapper;
import org.jobrunr.scheduling.JobRequestScheduler;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.server.JobActivator;
import org.jobrunr.storage.StorageProvider;
import org.jobrunr.storage.sql.common.SqlStorageProviderFactory;
import org.jobrunr.utils.mapper.JsonMapper;
import org.jobrunr.utils.mapper.jackson3.Jackson3JsonMapper;
import org.jspecify.annotations.Nullable;

/**
 * JobRunr, the open source edition, with 50 workers and the shortest poll interval that
 * it allows there.
 */
final class JobRunrWorker implements QueueWorker {

	private static final int WORKERS = 50;

	private static final Duration POLL = Duration.ofSeconds(5);

	private final HikariDataSource pool;

	private final HandlerCount count;

	private final JsonMapper json = new Jackson3JsonMapper();

	private final StorageProvider storage;

	private final JobRequestScheduler scheduler;

	private @Nullable BackgroundJobServer server;

	JobRunrWorker(WorkerDatabase database, HandlerCount count) {
		this.pool = database.pool();
		this.count = count;
		this.storage = SqlStorageProviderFactory.using(this.pool);
		this.storage.setJobMapper(new JobMapper(this.json));
		this.scheduler = new JobRequestScheduler(this.storage, List.of());
	}

	@Override
	public void enqueue(Consumption queue, Payload payload) {
		this.scheduler.enqueue(new Request(queue, payload));
	}

	@Override
	public void enqueueInBulk(Consumption queue, int tasks) {
		this.scheduler.enqueue(Stream.generate(() -> new Request(queue, Payload.plain())).limit(tasks));
	}

	/**
	 * Handles all tasks, whatever the queue: the open source edition has one.
	 */
	@Override
	public void consume(Consumption queue) {
		if (this.server != null) {
			return;
		}
		Handler handler = new Handler(this.count);
		BackgroundJobServer started = new BackgroundJobServer(this.storage, this.json, new JobActivator() {

			@Override
			public <T> T activateJob(Class<T> type) {
				return type.cast(handler);
			}

		}, BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration()
			.andWorkerCount(WORKERS)
			.andPollInterval(POLL));
		started.start();
		this.server = started;
	}

	@Override
	public void stop() {
		if (this.server != null) {
			this.server.stop();
			this.server = null;
		}
	}

	@Override
	public void close() {
		stop();
		this.storage.close();
		this.pool.close();
	}

	/**
	 * What is stored.
	 *
	 * @param queue the queue
	 * @param payload the payload
	 */
	public record Request(Consumption queue, Payload payload) implements JobRequest {

		@Override
		public Class<Handler> getJobRequestHandler() {
			return Handler.class;
		}

	}

	/**
	 * Counts.
	 */
	public static final class Handler implements JobRequestHandler<Request> {

		private final HandlerCount count;

		Handler(HandlerCount count) {
			this.count = count;
		}

		@Override
		public void run(Request request) {
			if (request.queue() != Consumption.TRAFFIC) {
				this.count.handled(request.payload().sent());
			}
		}

	}

}
