package io.ikigai.platform.runtime;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

import io.ikigai.platform.queue.NewTask;
import io.ikigai.platform.queue.TaskOptions;

/**
 * Bulks of tasks that failed, so that some of their tasks may have been stored. If the
 * caller enqueues an equal bulk within ten minutes, its tasks get the ids of the failed
 * one, and the backend drops those that it has. Safe for use by several threads.
 */
final class RetriedBulks {

	private static final Duration REMEMBERED = Duration.ofMinutes(10);

	private static final int MOST_IDS = 1_000_000;

	/** The oldest first. */
	private final Map<ByteBuffer, Failed> failed = new LinkedHashMap<>();

	private int ids;

	/**
	 * Enqueues a bulk.
	 * @param queue its queue
	 * @param tasks its tasks, with new ids
	 * @param options what its caller gave, without headers of a trace
	 * @param store enqueues tasks; takes the same id twice
	 * @return what that returned
	 */
	List<UUID> add(String queue, List<NewTask> tasks, TaskOptions options, Function<List<NewTask>, List<UUID>> store) {
		ByteBuffer content = content(queue, tasks, options);
		List<NewTask> same = withEarlierIds(content, tasks);
		try {
			return store.apply(same);
		}
		catch (RuntimeException ex) {
			remember(content, same.stream().map(NewTask::id).toList());
			throw ex;
		}
	}

	private synchronized List<NewTask> withEarlierIds(ByteBuffer content, List<NewTask> tasks) {
		Failed earlier = this.failed.remove(content);
		if (earlier == null) {
			return tasks;
		}
		this.ids -= earlier.ids.size();
		if (System.nanoTime() - earlier.at > REMEMBERED.toNanos()) {
			return tasks;
		}
		List<NewTask> same = new ArrayList<>(tasks.size());
		for (int i = 0; i < tasks.size(); i++) {
			same.add(new NewTask(earlier.ids.get(i), tasks.get(i).json(), tasks.get(i).options()));
		}
		return same;
	}

	private synchronized void remember(ByteBuffer content, List<UUID> ids) {
		Failed before = this.failed.put(content, new Failed(ids, System.nanoTime()));
		this.ids += ids.size() - ((before != null) ? before.ids.size() : 0);
		Iterator<Failed> oldest = this.failed.values().iterator();
		while (this.ids > MOST_IDS && oldest.hasNext()) {
			this.ids -= oldest.next().ids.size();
			oldest.remove();
		}
	}

	private static ByteBuffer content(String queue, List<NewTask> tasks, TaskOptions options) {
		MessageDigest digest = sha256();
		update(digest, queue);
		update(digest, String.valueOf(options.priority()));
		update(digest, String.valueOf(options.scheduledFor()));
		update(digest, String.valueOf(options.delay()));
		update(digest, String.valueOf(options.maxAttempts()));
		new TreeMap<>(options.headers()).forEach((name, value) -> {
			update(digest, name);
			update(digest, value);
		});
		digest.update((byte) 0);
		tasks.forEach((task) -> update(digest, task.json()));
		return ByteBuffer.wrap(digest.digest());
	}

	private static void update(MessageDigest digest, String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		digest.update(ByteBuffer.allocate(4).putInt(bytes.length).flip());
		digest.update(bytes);
	}

	private static MessageDigest sha256() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * A bulk that failed.
	 *
	 * @param ids the ids of its tasks
	 * @param at when it failed
	 */
	private record Failed(List<UUID> ids, long at) {
	}

}
