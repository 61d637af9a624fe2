package io.ikigai.platform.listener;

import java.util.Objects;
import java.util.function.Function;

import io.ikigai.platform.listener.ListenerEndpoint.Handler;
import io.ikigai.platform.queue.ClaimMode;
import io.ikigai.platform.queue.ListenedTaskQueue;
import io.ikigai.platform.queue.Task;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.validation.Validator;

/**
 * Makes the containers of {@code @IkigaiTaskListener} methods. The bean
 * {@code ikigaiTaskListenerContainerFactory} serves the listeners that name no other one.
 */
public class TaskListenerContainerFactory implements BeanFactoryAware {

	/** The name of the bean that serves listeners which name no other one. */
	public static final String DEFAULT_BEAN_NAME = "ikigaiTaskListenerContainerFactory";

	private final Function<String, ListenedTaskQueue> queues;

	private final PlatformTransactionManager transactionManager;

	private final TaskListenerSettings settings;

	private final @Nullable Validator validator;

	private @Nullable ConfigurableBeanFactory beanFactory;

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
		this.queues = queues;
		this.transactionManager = transactionManager;
		this.settings = settings;
		this.validator = validator;
	}

	@Override
	public void setBeanFactory(BeanFactory beanFactory) {
		this.beanFactory = (ConfigurableBeanFactory) beanFactory;
	}

	/**
	 * Returns what listeners use where their annotation says nothing.
	 * @return the settings
	 */
	public TaskListenerSettings settings() {
		return this.settings;
	}

	TaskListenerContainer create(TaskEndpoint endpoint, ListenerThreads threads) {
		ConfigurableBeanFactory beans = Objects.requireNonNull(this.beanFactory, "the factory must be a bean");
		Handler handler = endpoint.listener().handler();
		TransactionAttribute transaction = new HandlerTransactions(beans, this.transactionManager).of(handler);
		ListenerInvoker invoker = new ListenerInvoker(handler,
				new HandlerArguments(beans, this.validator).of(handler, Task.class, endpoint.batched()),
				endpoint.batched());
		Handling handling = new Handling(invoker, this.transactionManager, transaction, threads.timer(),
				endpoint.timeout());
		return new TaskListenerContainer(endpoint, source(endpoint, queue(endpoint.listener()), handling),
				this.settings.container(), threads);
	}

	private ListenedTaskQueue queue(ListenerEndpoint listener) {
		try {
			return this.queues.apply(listener.destination());
		}
		catch (IllegalArgumentException ex) {
			throw new InvalidListenerException("The listener method %s cannot listen to its queue: %s"
				.formatted(listener.handler().description(), ex.getMessage()), ex);
		}
	}

	private ListenerSource source(TaskEndpoint endpoint, ListenedTaskQueue queue, Handling handling) {
		if (endpoint.claimMode() == ClaimMode.LEASE) {
			return new LeaseSource(queue, endpoint, handling);
		}
		if (this.transactionManager instanceof AbstractPlatformTransactionManager manager
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
