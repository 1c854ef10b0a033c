package main

import (
	"fmt"
	"math"

	"plugin.local/__symbol__/portable"
)

// round(value, digits) is the value with so many digits after the point.
type round struct{}

func (round) Validate(args []any) error {
	if len(args) != 2 {
		return fmt.Errorf("round takes a value and a number of digits, not %d", len(args))
	}
	return nil
}

func (round) Exec(args []any, _ portable.FunctionContext) (any, bool) {
	if len(args) == 2 {
		value, isNumber := args[0].(float64)
		digits, isNumberToo := args[1].(float64)
		if isNumber && isNumberToo {
			scale := math.Pow(10, digits)
			return math.Round(value*scale) / scale, true
		}
	}
	return fmt.Sprintf("round: got %v: give two numbers", args), false
}

func (round) IsAggregate() bool { return false }
