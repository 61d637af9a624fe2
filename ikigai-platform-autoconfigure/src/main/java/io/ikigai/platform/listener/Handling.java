package io.ikigai.platform.listener;

import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;

import org.jspecify.annotations.Nullable;

import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.interceptor.TransactionAttribute;

/**
 * How the handler of one listener is called, and in which transaction.
 *
 * @param invoker calls it
 * @param transactionManager the platform's
 * @param transaction the handler's own transaction, if it is transactional
 * @param deadLetters handles what is given up, if anything does
 * @param timer interrupts it
 * @param timeout after how long, if at all
 */
record Handling(ListenerInvoker invoker, PlatformTransactionManager transactionManager,
		@Nullable TransactionAttribute transaction, @Nullable DeadLetters deadLetters, ScheduledExecutorService timer,
		@Nullable Duration timeout) {

	HandlerCall newCall() {
		return new HandlerCall(this.timer, this.timeout);
	}

}
