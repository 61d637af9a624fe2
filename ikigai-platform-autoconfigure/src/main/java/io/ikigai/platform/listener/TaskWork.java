package io.ikigai.platform.listener;

import java.util.concurrent.ScheduledExecutorService;

import org.jspecify.annotations.Nullable;

import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.interceptor.TransactionAttribute;

/**
 * What every piece of work of one task listener has in common.
 *
 * @param endpoint the listener
 * @param invoker calls its handler
 * @param settlement settles its tasks
 * @param transactionManager the platform's
 * @param transaction the handler's own transaction, if it is transactional
 * @param timer interrupts handlers
 */
record TaskWork(ListenerEndpoint endpoint, ListenerInvoker invoker, TaskSettlement settlement,
		PlatformTransactionManager transactionManager, @Nullable TransactionAttribute transaction,
		ScheduledExecutorService timer) {

	HandlerCall newCall() {
		return new HandlerCall(this.timer, this.endpoint.timeout());
	}

}
