package main

import (
	"fmt"
	"math"
	"time"

	"plugin.local/__symbol__/portable"
)

// ticks is a sine wave: {"i":0,"value":0} and so on, a value every so many milliseconds, count of them or without end.
type ticks struct {
	every, count float64
}

func (t *ticks) Configure(_ string, props map[string]any) (err error) {
	if t.every, err = number(props, "every", 1000); err == nil {
		t.count, err = number(props, "count", math.Inf(1))
	}
	return err
}

func (t *ticks) Open(ctx portable.StreamContext, consumer chan<- portable.SourceTuple, _ chan<- error) {
	ticker := time.NewTicker(time.Duration(t.every * float64(time.Millisecond)))
	defer ticker.Stop()
	for i := 0; float64(i) < t.count; i++ {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		message := map[string]any{"i": i, "value": math.Sin(float64(i) / 10)}
		select {
		case consumer <- portable.NewDefaultSourceTuple(message, nil):
		case <-ctx.Done():
			return
		}
	}
}

func (t *ticks) Close(portable.StreamContext) error { return nil }

func number(props map[string]any, key string, otherwise float64) (float64, error) {
	value, ok := props[key]
	if !ok {
		return otherwise, nil
	}
	if number, ok := value.(float64); ok && number >= 0.001 {
		return number, nil
	}
	return 0, fmt.Errorf("ticks: %s is %v: give a number of more than 0", key, value)
}
