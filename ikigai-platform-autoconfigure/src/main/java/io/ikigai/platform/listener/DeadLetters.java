package io.ikigai.platform.listener;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

import io.ikigai.platform.DeadLetterHandler;
import io.ikigai.platform.listener.ListenerEndpoint.Handler;
import io.ikigai.platform.listener.ListenerInvoker.Delivery;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Calls the {@link DeadLetterHandler} of a bean in the transaction that gives something
 * up.
 */
final class DeadLetters {

	private static final Log logger = LogFactory.getLog(DeadLetters.class);

	private final ListenerInvoker invoker;

	private final TransactionTemplate giving;

	private final TransactionTemplate handling;

	DeadLetters(ListenerInvoker invoker, PlatformTransactionManager manager) {
		this.invoker = invoker;
		this.giving = new TransactionTemplate(manager);
		this.handling = new TransactionTemplate(manager);
		if (manager instanceof AbstractPlatformTransactionManager abstractManager
				&& abstractManager.isNestedTransactionAllowed()) {
			// What it has written when it fails must not be committed with the giving up
			this.handling.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
		}
	}

	/**
	 * Finds the method.
	 * @param listener the listener's own method
	 * @return the method, if the bean has one
	 */
	static @Nullable Handler find(Handler listener) {
		Set<Method> methods = MethodIntrospector.selectMethods(listener.type(),
				(Method method) -> AnnotatedElementUtils.hasAnnotation(method, DeadLetterHandler.class));
		if (methods.size() > 1) {
			throw listener.refuse("is of a class with several methods with @DeadLetterHandler, where one is allowed: "
					+ methods.stream().map(Method::getName).sorted().toList());
		}
		if (methods.isEmpty()) {
			return null;
		}
		Handler handler = ListenerPostProcessor.handler(listener.bean(), listener.beanName(), methods.iterator().next(),
				Set.of());
		AsyncHandlers.check(handler);
		return handler;
	}

	/**
	 * Settles what failed, and has it handled if it is given up thereby.
	 * @param received what failed
	 * @param error why
	 * @param write settles, and tells whether it is given up
	 * @return whether it is
	 */
	boolean settle(Received received, Throwable error, BooleanSupplier write) {
		return Boolean.TRUE.equals(this.giving.execute((status) -> {
			boolean givenUp = write.getAsBoolean();
			if (givenUp) {
				handle(received, error);
			}
			return givenUp;
		}));
	}

	private void handle(Received received, Throwable error) {
		try {
			this.handling.executeWithoutResult((status) -> call(new DeadLetter(received.message(), error)));
		}
		catch (RuntimeException | Error ex) {
			logger.error(received.describe() + " is given up, and its @DeadLetterHandler failed", ex);
		}
	}

	private void call(DeadLetter letter) {
		Delivery<DeadLetter> delivery = this.invoker.prepare(List.of(letter));
		try {
			Throwable unfit = delivery.unfit().get(letter);
			if (unfit != null) {
				throw unfit;
			}
			this.invoker.call(delivery);
		}
		catch (RuntimeException | Error ex) {
			throw ex;
		}
		catch (Throwable ex) {
			throw new IllegalStateException(ex);
		}
	}

}
