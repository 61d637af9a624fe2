package io.ikigai.platform.listener;

import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import io.ikigai.platform.IkigaiHandler;
import io.ikigai.platform.PayloadException;
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

	private final List<Target> targets;

	private final boolean batched;

	private final ListenerEndpoint listener;

	private final Observations observations;

	private final List<ListenerInterceptor> interceptors;

	private final Processing processing;

	/**
	 * Creates the invoker.
	 * @param listener the listener
	 * @param arguments what makes the arguments of each of its methods
	 * @param batched whether it gets lists
	 * @param observations who observes its calls
	 * @param interceptors who stands around its calls
	 */
	ListenerInvoker(ListenerEndpoint listener, Function<Handler, List<HandlerArgument>> arguments, boolean batched,
			Observations observations, List<ListenerInterceptor> interceptors) {
		this.targets = listener.handlers()
			.stream()
			.map((handler) -> new Target(handler, arguments.apply(handler)))
			.toList();
		this.batched = batched;
		this.listener = listener;
		this.observations = observations;
		this.interceptors = interceptors;
		this.processing = observations.processing(listener.kind().word(), listener.destination(), listener.id());
		listener.handlers().forEach((handler) -> ReflectionUtils.makeAccessible(handler.invocable()));
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
		Target target = this.targets.get(0);
		for (H handled : all) {
			try {
				target = target(handled.message());
				rows.add(target.values(handled.message()));
				fitting.add(handled);
			}
			catch (Throwable ex) {
				// Also an Error, such as of a class that is not there: the neighbours fit
				unfit.put(handled, ex);
			}
		}
		return new Delivery<>(fitting, target.handler(),
				(this.batched) ? columns(rows, target) : rows.isEmpty() ? new Object[0] : rows.get(0), unfit);
	}

	private Target target(HandlerMessage message) {
		if (this.targets.size() == 1 && this.targets.get(0).handler().types().isEmpty()) {
			return this.targets.get(0);
		}
		String type = message.received().get(IkigaiHandler.TYPE_HEADER);
		return this.targets.stream()
			.filter((target) -> type != null && target.handler().types().contains(type))
			.findFirst()
			.or(() -> this.targets.stream().filter((target) -> target.handler().types().isEmpty()).findFirst())
			.orElseThrow(() -> new PayloadException(
					"The header %s is %s, for which %s has no method with @IkigaiHandler, nor one for all others"
						.formatted(IkigaiHandler.TYPE_HEADER, (type != null) ? "\"" + type + "\"" : "missing",
								this.targets.get(0).handler().type().getName()),
					null));
	}

	private static @Nullable Object[] columns(List<@Nullable Object[]> rows, Target target) {
		@Nullable Object[] lists = new Object[target.arguments().size()];
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
			return AsyncResult
				.await(delivery.handler().invocable().invoke(delivery.handler().bean(), delivery.arguments()));
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
	 * @param handler the method to call
	 * @param arguments its arguments
	 * @param unfit what it cannot be for, with the reasons
	 * @param <H> what is handled
	 */
	record Delivery<H extends Handled>(List<H> fitting, Handler handler, @Nullable Object[] arguments,
			Map<H, Throwable> unfit) {
	}

	/**
	 * A method and what makes its arguments.
	 */
	private record Target(Handler handler, List<HandlerArgument> arguments) {

		@Nullable Object[] values(HandlerMessage message) throws Exception {
			@Nullable Object[] values = new Object[this.arguments.size()];
			for (int i = 0; i < values.length; i++) {
				values[i] = this.arguments.get(i).read(message);
			}
			return values;
		}

	}

}
