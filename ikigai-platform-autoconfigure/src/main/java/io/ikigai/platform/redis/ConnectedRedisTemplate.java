package io.ikigai.platform.redis;

import java.util.concurrent.locks.LockSupport;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisException;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.dao.QueryTimeoutException;
import org.springframework.data.redis.RedisConnectionFailureException;
import org.springframework.data.redis.RedisSystemException;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.core.RedisCallback;
import org.springframework.data.redis.core.StringRedisTemplate;

/**
 * Says of a call that failed because there was no connection that it did. Spring Data
 * takes that for an error of an unknown kind, which nobody would try again: what a
 * handler had done while the server was away would never be settled. What was not sent is
 * tried again for a moment. Safe for use by several threads.
 */
final class ConnectedRedisTemplate extends StringRedisTemplate {

	private static final Log logger = LogFactory.getLog(ConnectedRedisTemplate.class);

	/**
	 * What Lettuce says of a command that it did not send. It says so too when a
	 * connection to a node of a cluster is just being handed out for the first time.
	 */
	private static final String NOT_SENT = "Currently not connected. Commands are rejected.";

	private static final int TRIES = 5;

	private static final long PAUSE_NANOS = 10_000_000;

	private volatile long answeredAt = System.nanoTime();

	ConnectedRedisTemplate(RedisConnectionFactory connections) {
		super(connections);
	}

	@Override
	public <T extends @Nullable Object> T execute(RedisCallback<T> action, boolean exposeConnection, boolean pipeline) {
		for (int tries = 1;; tries++) {
			long began = System.nanoTime();
			try {
				T answer = super.execute(action, exposeConnection, pipeline);
				this.answeredAt = System.nanoTime();
				return answer;
			}
			catch (QueryTimeoutException ex) {
				silent(began);
				throw ex;
			}
			catch (RedisSystemException ex) {
				// All but what the server has answered
				if (!(ex.getCause() instanceof RedisException cause)
						|| cause instanceof RedisCommandExecutionException) {
					throw ex;
				}
				if (tries == TRIES || !NOT_SENT.equals(cause.getMessage())) {
					throw new RedisConnectionFailureException("Redis cannot be reached: " + cause.getMessage(), ex);
				}
				LockSupport.parkNanos(PAUSE_NANOS);
			}
		}
	}

	// The driver sends on and on over a connection that the network has lost. Another
	// command that was answered meanwhile tells that this one is only slow
	private synchronized void silent(long began) {
		if (this.answeredAt - began < 0 && getConnectionFactory() instanceof LettuceConnectionFactory lettuce) {
			this.answeredAt = System.nanoTime();
			logger.warn("Redis has answered nothing since a command was sent that timed out; connecting again");
			lettuce.resetConnection();
		}
	}

}
