package io.ikigai.platform.listener;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.ikigai.platform.listener.ListenerEndpoint.Handler;
import io.ikigai.platform.observation.Observations;
import io.ikigai.platform.observation.ProcessContext.Processing;
import io.ikigai.platform.observation.ProcessContext;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;

/**
 * Calls a handler: makes its arguments, and hands out what it throws as it was thrown.
 */
final class ListenerInvoker {

	private final Object bean;

	private final Method method;

	private final List<HandlerArgument> arguments;

	private final boolean batched;

	private final ListenerEndpoint listener;

	private final Observations observations;

	private final List<ListenerInterceptor> interceptors;

	private final Processing processing;

	/**
	 * Creates the invoker.
	 * @param listener the listener
	 * @param arguments what makes its arguments
	 * @param batched whether it gets lists
	 * @param observations who observes its calls
	 * @param interceptors who stands around its calls
	 */
	ListenerInvoker(ListenerEndpoint listener, List<HandlerArgument> arguments, boolean batched,
			Observations observations, List<ListenerInterceptor> interceptors) {
		Handler handler = listener.handler();
		this.bean = handler.bean();
		this.method = handler.invocable();
		this.arguments = arguments;
		this.batched = batched;
		this.listener = listener;
		this.observations = observations;
		this.interceptors = interceptors;
		this.processing = new Processing(listener.kind().word(), listener.destination(), listener.id());
		ReflectionUtils.makeAccessible(this.method);
	}

	boolean batched() {
		return this.batched;
	}

	/**
	 * Makes the arguments.
	 * @param all what one call is for
	 * @return what to call the handler with, and what it cannot be called for
	 */
	<H extends Handled> Delivery<H> prepare(List<H> all) {
		List<H> fitting = new ArrayList<>();
		List<@Nullable Object[]> rows = new ArrayList<>();
		Map<H, Throwable> unfit = new LinkedHashMap<>();
		for (H handled : all) {
			try {
				rows.add(arguments(handled.message()));
				fitting.add(handled);
			}
			catch (Exception | StackOverflowError ex) {
				unfit.put(handled, ex);
			}
		}
		return new Delivery<>(fitting, (this.batched) ? columns(rows) : rows.isEmpty() ? new Object[0] : rows.get(0),
				unfit);
	}

	private @Nullable Object[] arguments(HandlerMessage message) throws Exception {
		@Nullable Object[] values = new Object[this.arguments.size()];
		for (int i = 0; i < values.length; i++) {
			values[i] = this.arguments.get(i).read(message);
		}
		return values;
	}

	private @Nullable Object[] columns(List<@Nullable Object[]> rows) {
		@Nullable Object[] lists = new Object[this.arguments.size()];
		for (int i = 0; i < lists.length; i++) {
			List<@Nullable Object> column = new ArrayList<>(rows.size());
			for (@Nullable
			Object[] row : rows) {
				column.add(row[i]);
			}
			lists[i] = column;
		}
		return lists;
	}

	@Nullable Object invoke(Delivery<?> delivery) throws Exception {
		return this.observations.process(() -> context(delivery.fitting()),
				(this.interceptors.isEmpty()) ? () -> call(delivery) : () -> intercepted(delivery));
	}

	private @Nullable Object intercepted(Delivery<?> delivery) throws Exception {
		List<HandlerMessage> messages = delivery.fitting().stream().map(Handled::message).toList();
		return new InterceptedCall(this.listener, messages, this.interceptors, () -> call(delivery)).proceed();
	}

	private ProcessContext context(List<? extends Handled> all) {
		List<HandlerMessage> messages = all.stream().map(Handled::message).toList();
		List<Map<String, String>> headers = messages.stream().map(HandlerMessage::received).toList();
		if (this.batched) {
			return new ProcessContext(this.processing, headers, null, 0);
		}
		HandlerMessage message = messages.get(0);
		int attempt = (message.known().get("attempt") instanceof Integer number) ? number : 0;
		return new ProcessContext(this.processing, headers, String.valueOf(message.id()), attempt);
	}

	@Nullable Object call(Delivery<?> delivery) throws Exception {
		try {
			return AsyncResult.await(this.method.invoke(this.bean, delivery.arguments()));
		}
		catch (InvocationTargetException ex) {
			ReflectionUtils.rethrowException(ex.getTargetException());
			return null;
		}
	}

	/**
	 * What one call of a handler is made of.
	 *
	 * @param fitting what it is for
	 * @param arguments its arguments
	 * @param unfit what it cannot be for, with the reasons
	 * @param <H> what is handled
	 */
	record Delivery<H extends Handled>(List<H> fitting, @Nullable Object[] arguments, Map<H, Throwable> unfit) {
	}

}
