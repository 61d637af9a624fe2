package io.ikigai.platform.listener;

import java.time.Duration;
import java.util.Objects;

import io.ikigai.platform.listener.ListenerEndpoint.Handler;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.transaction.PlatformTransactionManager;
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

	final PlatformTransactionManager transactionManager() {
		return this.transactionManager;
	}

	/**
	 * Finds out how a handler is called.
	 * @param handler the handler
	 * @param source what it is called for: a parameter of this type gets it
	 * @param batched whether it gets lists
	 * @param timeout after how long it is interrupted, if at all
	 * @param threads the threads of the listeners
	 * @return how
	 * @throws InvalidListenerException if its parameters or its transaction make no sense
	 */
	final Handling handling(Handler handler, Class<?> source, boolean batched, @Nullable Duration timeout,
			ListenerThreads threads) {
		ConfigurableBeanFactory beans = Objects.requireNonNull(this.beanFactory, "the factory must be a bean");
		ListenerInvoker invoker = new ListenerInvoker(handler,
				new HandlerArguments(beans, this.validator).of(handler, source, batched), batched);
		return new Handling(invoker, this.transactionManager,
				new HandlerTransactions(beans, this.transactionManager).of(handler), threads.timer(), timeout);
	}

}
