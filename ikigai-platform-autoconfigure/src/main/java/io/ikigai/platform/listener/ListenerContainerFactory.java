package io.ikigai.platform.listener;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

import io.ikigai.platform.listener.ListenerEndpoint.Handler;
import io.ikigai.platform.observation.Observations;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.interceptor.TransactionAttribute;
import org.springframework.validation.Validator;

/**
 * What the makers of containers have in common that settle what they take.
 */
public abstract class ListenerContainerFactory implements BeanFactoryAware {

	private final PlatformTransactionManager transactionManager;

	private final @Nullable Validator validator;

	private @Nullable ConfigurableBeanFactory beanFactory;

	ListenerContainerFactory(PlatformTransactionManager transactionManager, @Nullable Validator validator) {
		this.transactionManager = transactionManager;
		this.validator = validator;
	}

	@Override
	public final void setBeanFactory(BeanFactory beanFactory) {
		this.beanFactory = (ConfigurableBeanFactory) beanFactory;
	}

	static ListenerInvoker invoker(BeanFactory beans, ListenerEndpoint listener,
			Function<Handler, List<HandlerArgument>> arguments, boolean batched) {
		return new ListenerInvoker(listener, arguments, batched,
				beans.getBeanProvider(Observations.class).getIfAvailable(() -> Observations.NONE),
				beans.getBeanProvider(ListenerInterceptor.class).orderedStream().toList());
	}

	private @Nullable DeadLetters deadLetters(ListenerEndpoint listener, Class<?> source, HandlerArguments arguments) {
		Handler handler = DeadLetters.find(listener.handler());
		if (handler == null) {
			return null;
		}
		ListenerEndpoint letters = listener.handledBy(handler);
		return new DeadLetters(new ListenerInvoker(letters, (each) -> arguments.of(each, source, false, true), false,
				Observations.NONE, List.of()), this.transactionManager);
	}

	final PlatformTransactionManager transactionManager() {
		return this.transactionManager;
	}

	/**
	 * Finds out how a handler is called.
	 * @param listener the listener
	 * @param source what it is called for: a parameter of this type gets it
	 * @param batched whether it gets lists
	 * @param timeout after how long it is interrupted, if at all
	 * @param threads the threads of the listeners
	 * @return how
	 * @throws InvalidListenerException if its parameters or its transaction make no sense
	 */
	final Handling handling(ListenerEndpoint listener, Class<?> source, boolean batched, @Nullable Duration timeout,
			ListenerThreads threads) {
		ConfigurableBeanFactory beans = Objects.requireNonNull(this.beanFactory, "the factory must be a bean");
		HandlerArguments arguments = new HandlerArguments(beans, this.validator);
		ListenerInvoker invoker = invoker(beans, listener, (each) -> arguments.of(each, source, batched, false),
				batched);
		TransactionAttribute transaction = transaction(listener,
				new HandlerTransactions(beans, this.transactionManager));
		return new Handling(invoker, this.transactionManager, transaction, deadLetters(listener, source, arguments),
				threads.timer(), timeout);
	}

	private static @Nullable TransactionAttribute transaction(ListenerEndpoint listener,
			HandlerTransactions transactions) {
		TransactionAttribute first = transactions.of(listener.handler());
		for (Handler handler : listener.handlers()) {
			TransactionAttribute transaction = transactions.of(handler);
			if (!Objects.equals(transaction, first)) {
				throw handler
					.refuse("has another transaction than %s of the same listener: put @Transactional on the class"
						.formatted(listener.handler().method().getName()));
			}
			Class<?> returned = handler.method().getReturnType();
			if (transaction != null && AsyncResult.is(returned)) {
				throw handler
					.refuse("returns a %s, and is @Transactional: what it does later would not be in its transaction"
						.formatted(returned.getSimpleName()));
			}
		}
		return first;
	}

}
