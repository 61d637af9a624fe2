package io.ikigai.platform;

import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Supplier;

import io.ikigai.platform.agent.AgentRegistry;
import io.ikigai.platform.cache.Cache;
import io.ikigai.platform.mailbox.Mailbox;
import io.ikigai.platform.pubsub.PubSub;
import io.ikigai.platform.queue.TaskQueue;
import io.ikigai.platform.storage.Storage;
import io.ikigai.platform.telemetry.Telemetry;
import org.jspecify.annotations.Nullable;

/**
 * The door to everything the platform offers. In a Spring application it is a bean,
 * injected by type; elsewhere {@link #connect()} makes one.
 * <p>
 * Names of queues, mailboxes, topics, regions and collections are any Unicode text of 1
 * to 255 characters. A name outside that range, or with a NUL or half a surrogate pair,
 * is an {@link IllegalArgumentException} before anything is written.
 * <p>
 * Safe for use by several threads, as is everything it hands out.
 */
public interface Platform extends AutoCloseable {

	/**
	 * Returns the task queue of that name. A queue needs no declaration: it exists from
	 * the first task on.
	 * @param name the queue's name
	 * @return the queue
	 */
	TaskQueue queue(String name);

	/**
	 * Returns the mailbox of that name. A mailbox needs no declaration.
	 * @param name the mailbox's name
	 * @return the mailbox
	 */
	Mailbox mailbox(String name);

	/**
	 * Returns the cache region {@code default}.
	 * @return the region
	 */
	Cache cache();

	/**
	 * Returns a cache region: keys of one region are apart from those of another.
	 * @param region the region's name
	 * @return the region
	 */
	Cache cache(String region);

	/**
	 * Returns publish and subscribe.
	 * @return the service
	 */
	PubSub pubsub();

	/**
	 * Returns the document storage.
	 * @return the service
	 */
	Storage storage();

	/**
	 * Returns the telemetry.
	 * @return the service
	 */
	Telemetry telemetry();

	/**
	 * Returns the registry of agents.
	 * @return the service
	 */
	AgentRegistry agents();

	/**
	 * Returns the queues that hold tasks, finished ones within their retention included.
	 * @return the names, sorted
	 */
	List<String> queues();

	/**
	 * Returns the mailboxes that hold messages, read ones within their retention
	 * included.
	 * @return the names, sorted
	 */
	List<String> mailboxes();

	/**
	 * Runs work in a transaction: the one that is running, else one that is opened here
	 * and committed when the work returns. An exception rolls back and is thrown on. In a
	 * Spring application this is Spring's transaction, the same as that of a
	 * {@code @Transactional} method.
	 * @param work the work
	 * @param <T> what the work returns
	 * @return what the work returned
	 */
	<T extends @Nullable Object> T transaction(Supplier<T> work);

	/**
	 * The same for work that returns nothing.
	 * @param work the work
	 * @see #transaction(Supplier)
	 */
	void transaction(Runnable work);

	/**
	 * Moves what is still queued to another platform: the tasks nobody has claimed, due
	 * or not, of every queue, and the unread messages of every mailbox, in their order.
	 * Only services that are on different backends in the two are moved.
	 * <p>
	 * A task keeps its id, payload, priority (within 0 to 9), time, headers, unique key
	 * and limit of attempts; its attempts and its age begin again. A message keeps all
	 * but its id and the time it was sent. Each is stored there before it leaves here: if
	 * this is interrupted, or a backend goes away, call it again and nothing is lost;
	 * what was being moved at that moment and is claimed there before may be handled
	 * twice.
	 * <p>
	 * What workers have at the moment, paused queues and mailboxes that another process
	 * holds are left, and told. Failed tasks stay, within their retention; redrive them
	 * first to take them along.
	 * @param target where to
	 * @return what was moved and what is left; call again until nothing is
	 * @throws IllegalStateException inside a transaction
	 */
	DrainReport drainTo(Platform target);

	/**
	 * Connects without an application: reads {@code ikigai.conf} where a Spring
	 * application would look for it ({@code $IKIGAI_CONF}, {@code ./ikigai.conf},
	 * {@code /etc/ikigai/ikigai.conf}).
	 * @return a platform, to be closed by its user
	 * @throws IllegalStateException if {@code ikigai-platform-autoconfigure} is not there
	 */
	static Platform connect() {
		return connector().connect(null);
	}

	/**
	 * Connects without an application, as that file says.
	 * @param ikigaiConf the configuration file
	 * @return a platform, to be closed by its user
	 * @throws IllegalStateException if {@code ikigai-platform-autoconfigure} is not there
	 */
	static Platform connect(Path ikigaiConf) {
		return connector().connect(ikigaiConf);
	}

	/**
	 * Ends what {@link #connect()} began: the agent is marked as stopped, connections are
	 * closed. In a Spring application the application context does all this when it
	 * closes, and calling this method changes nothing.
	 */
	@Override
	void close();

	private static PlatformConnector connector() {
		return ServiceLoader.load(PlatformConnector.class)
			.findFirst()
			.orElseThrow(() -> new IllegalStateException("No implementation of the platform on the class path: "
					+ "add io.ikigai:ikigai-platform-spring-boot-starter"));
	}

}
