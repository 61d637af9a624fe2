package io.ikigai.platform.listener;

import java.util.function.Function;

import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.ListenedTaskQueue;
import io.ikigai.platform.queue.Task;
import org.jspecify.annotations.Nullable;

import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.validation.Validator;

/**
 * Makes the containers of {@code @IkigaiTaskListener} methods. The bean
 * {@code ikigaiTaskListenerContainerFactory} serves the listeners that name no other one.
 */
public class TaskListenerContainerFactory extends ListenerContainerFactory {

	/** The name of the bean that serves listeners which name no other one. */
	public static final String DEFAULT_BEAN_NAME = "ikigaiTaskListenerContainerFactory";

	private final Function<String, ListenedTaskQueue> queues;

	private final TaskListenerSettings settings;

	/**
	 * Creates a factory.
	 * @param queues the queues by their names
	 * @param transactionManager the transaction manager of the platform
	 * @param settings what listeners use where their annotation says nothing
	 * @param validator for payloads with {@code @Valid}, if there is one
	 */
	public TaskListenerContainerFactory(Function<String, ListenedTaskQueue> queues,
			PlatformTransactionManager transactionManager, TaskListenerSettings settings,
			@Nullable Validator validator) {
		super(transactionManager, validator);
		this.queues = queues;
		this.settings = settings;
	}

	/**
	 * Returns what listeners use where their annotation says nothing.
	 * @return the settings
	 */
	public TaskListenerSettings settings() {
		return this.settings;
	}

	/**
	 * Adds a listener. It is not started: whoever adds it starts it, and takes it away
	 * with {@link ListenerRegistry#remove}. What ends the application stops it, too.
	 * @param listener the listener
	 * @param registry the application's listeners
	 * @return its container
	 * @throws InvalidListenerException if there can be no such listener, or one has the
	 * same id
	 */
	public ListenerContainer add(AddedTaskListener listener, ListenerRegistry registry) {
		TaskEndpoint endpoint = new TaskEndpoint(AddedHandlers.endpoint(listener), listener.claimMode(),
				this.settings.lease(), null, listener.batch(), listener.retry(), null);
		return registry.register(endpoint.listener(), (threads) -> create(endpoint, threads));
	}

	TaskListenerContainer create(TaskEndpoint endpoint, ListenerThreads threads) {
		ListenerEndpoint listener = endpoint.listener();
		Handling handling = handling(listener, Task.class, endpoint.batched(), endpoint.timeout(), threads);
		return new TaskListenerContainer(endpoint, source(endpoint, listener.open(this.queues), handling),
				this.settings.container(), threads);
	}

	private ListenerSource source(TaskEndpoint endpoint, ListenedTaskQueue queue, Handling handling) {
		if (endpoint.claimMode() == ClaimMode.LEASE) {
			return new LeaseSource(queue, endpoint, handling);
		}
		if (transactionManager() instanceof AbstractPlatformTransactionManager manager
				&& !manager.isNestedTransactionAllowed()) {
			throw endpoint.listener()
				.handler()
				.refuse("has claim = TRANSACTION, which needs a transaction manager with savepoints, such as"
						+ " JdbcTransactionManager; this one is %s without nested transactions. Use claim = LEASE with it"
							.formatted(manager.getClass().getName()));
		}
		return new TransactionSource(queue, endpoint, handling);
	}

}
