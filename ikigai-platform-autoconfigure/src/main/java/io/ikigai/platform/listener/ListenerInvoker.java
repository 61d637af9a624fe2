package io.ikigai.platform.listener;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import io.ikigai.platform.queue.ListenedTask;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;

/**
 * Calls a handler: makes its arguments of tasks, and hands out what it throws as it was
 * thrown.
 */
final class ListenerInvoker {

	private final Object bean;

	private final Method method;

	private final List<HandlerArgument> arguments;

	private final boolean batched;

	ListenerInvoker(ListenerEndpoint endpoint, HandlerArguments arguments) {
		this.bean = endpoint.handler().bean();
		this.method = endpoint.handler().invocable();
		this.batched = endpoint.batched();
		this.arguments = arguments.of(endpoint.handler(), this.batched);
		ReflectionUtils.makeAccessible(this.method);
	}

	/**
	 * Makes the arguments.
	 * @param tasks the tasks of one call
	 * @return what to call the handler with, and the tasks it cannot be called for
	 */
	Delivery prepare(List<ListenedTask> tasks) {
		List<ListenedTask> fitting = new ArrayList<>();
		List<@Nullable Object[]> rows = new ArrayList<>();
		Map<ListenedTask, Throwable> unfit = new LinkedHashMap<>();
		for (ListenedTask task : tasks) {
			try {
				rows.add(arguments(task));
				fitting.add(task);
			}
			catch (Exception | StackOverflowError ex) {
				unfit.put(task, ex);
			}
		}
		return new Delivery(fitting, (this.batched) ? columns(rows) : rows.isEmpty() ? new Object[0] : rows.get(0),
				unfit);
	}

	private @Nullable Object[] arguments(ListenedTask task) throws Exception {
		TaskMessage message = new TaskMessage(task);
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

	@Nullable Object invoke(Delivery delivery) throws Exception {
		try {
			return this.method.invoke(this.bean, delivery.arguments());
		}
		catch (InvocationTargetException ex) {
			ReflectionUtils.rethrowException(ex.getTargetException());
			return null;
		}
	}

	/**
	 * What one call of a handler is made of.
	 *
	 * @param tasks the tasks it gets
	 * @param arguments its arguments
	 * @param unfit the tasks it cannot get, with the reasons
	 */
	record Delivery(List<ListenedTask> tasks, @Nullable Object[] arguments, Map<ListenedTask, Throwable> unfit) {
	}

}
